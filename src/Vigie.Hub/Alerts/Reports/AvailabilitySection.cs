using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Hosts;
using Vigie.PromQL;

namespace Vigie.Hub.Alerts.Reports;

/// <summary>Which servers did not report all the time. The time the hub was off counts for nobody.</summary>
sealed class AvailabilitySection(QueryEngine engine, HostDirectory hosts) : IReportSection
{
    const int MostLines = 20;

    public int Place => 10;

    public async Task<ReportSection?> OfAsync(DateTimeOffset from, DateTimeOffset to, MessageStyle style, CancellationToken ct)
    {
        int minutes = (int)(to - from).TotalMinutes;
        string question = "avg_over_time((max by (host) (vigie_host_silence_seconds) <= bool on (host) max by (host) (vigie_host_patience_seconds))"
            + $"[{minutes}m:5m])";
        var shares = (await engine.InstantAsync(question, to.ToUnixTimeMilliseconds(), ct)).Series()
            .Select(s => (Host: s.Labels["host"], Share: s.Values.Span[^1])).Where(s => hosts.Find(s.Host) is not null).ToList();
        if (shares.Count == 0)
            return null;
        var t = style.Texts;
        var lacking = shares.Where(s => s.Share < 1).OrderBy(s => s.Share).ToList();
        return new(t["Availability"], lacking.Count == 0 ? t.Format("All {0} servers reported all the time.", shares.Count)
            : t.Format("{0} of {1} servers reported all the time.", shares.Count - lacking.Count, shares.Count),
            [.. lacking.Take(MostLines).Select(s => (s.Host, $"{t.Number(Math.Floor(s.Share * 100_000) / 1000, 3)}\u00a0% "
                + t.Format("({0} without reports)", t.Duration((to - from) * (1 - s.Share)))))]);
    }
}
