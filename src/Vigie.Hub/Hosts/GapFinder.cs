using Vigie.Core.Metrics;

namespace Vigie.Hub.Hosts;

/// <summary>Why there are no samples of a host for a while.</summary>
enum GapKind
{
    /// <summary>It started behind the gap's beginning.</summary>
    HostOff,

    /// <summary>It was on, and its agent tells that it had to drop samples.</summary>
    SamplesDropped,

    /// <summary>It was on, and nobody tells more: its agent was stopped, or what it kept never arrived.</summary>
    AgentCutOff,
}

/// <summary>A time without samples, between the last before it and the first behind it.</summary>
/// <param name="Dropped">Samples that the agent says it had to drop.</param>
sealed record Gap(DateTimeOffset From, DateTimeOffset To, GapKind Kind, double Dropped);

/// <summary>
/// Finds the gaps in what an agent has reported, and tells them apart by what it reports behind each: since when its host has been on,
/// and how many samples it had to drop. What it kept on the disk fills a gap when it arrives.
/// </summary>
sealed class GapFinder(ISeriesSource source)
{
    const string Uptime = "system_uptime_seconds", Dropped = "vigie_agent_samples_dropped_total";

    /// <summary>Gaps that begin and end in the range, the newest first.</summary>
    public async Task<IReadOnlyList<Gap>> FindAsync(Host host, long fromMs, long toMs, CancellationToken ct)
    {
        var series = await source.SelectAsync(new([
            new LabelMatcher("host", MatchKind.Equal, host.Name),
            new LabelMatcher("__name__", MatchKind.Regex, $"{Uptime}|{Dropped}"),
        ], fromMs, toMs), ct);
        if (series.FirstOrDefault(s => s.Labels.Name == Uptime) is not { } uptime)
            return []; // another kind of sender, or nothing at all
        var dropped = series.Where(s => s.Labels.Name == Dropped).ToList();
        var gaps = new List<Gap>();
        var times = uptime.TimesMs.Span;
        for (int i = times.Length - 1; i > 0; i--)
            if (times[i] - times[i - 1] > Least(host, times, i))
                gaps.Add(Of(times[i - 1], times[i], uptime.Values.Span[i], dropped));
        return gaps;
    }

    /// <summary>Rollups, which stand for samples that are gone, are further apart than reports.</summary>
    static double Least(Host host, ReadOnlySpan<long> times, int at)
    {
        long usual = at >= 2 ? times[at - 1] - times[at - 2] : 0;
        return Math.Max(host.LateAfter.TotalMilliseconds, 1.5 * Math.Min(usual, 3_600_000));
    }

    static Gap Of(long fromMs, long toMs, double uptime, List<SeriesSamples> dropped)
    {
        double lost = dropped.Sum(s => Gain(s, fromMs, toMs));
        // A clock that was set makes the start uncertain by as much; a reboot is far longer than that.
        var kind = toMs - (uptime * 1000) > fromMs ? GapKind.HostOff : lost > 0 ? GapKind.SamplesDropped : GapKind.AgentCutOff;
        return new(DateTimeOffset.FromUnixTimeMilliseconds(fromMs), DateTimeOffset.FromUnixTimeMilliseconds(toMs), kind, lost);
    }

    /// <summary>By how much a counter grew over the gap; it begins anew when the agent does.</summary>
    static double Gain(SeriesSamples counter, long fromMs, long toMs)
    {
        double before = 0, behind = double.NaN;
        for (int i = 0; i < counter.TimesMs.Length; i++)
            if (counter.TimesMs.Span[i] <= fromMs)
                before = counter.Values.Span[i];
            else if (counter.TimesMs.Span[i] >= toMs)
            {
                behind = counter.Values.Span[i];
                break;
            }
        return double.IsNaN(behind) ? 0 : behind >= before ? behind - before : behind;
    }
}
