using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Hosts;
using Vigie.Hub.Sources;
using Vigie.PromQL;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Charts;

/// <summary>Asks the query engine for what a chart shows and sorts the answer into bins.</summary>
sealed class ChartService(QueryEngine engine, HostDirectory hosts, AlertStore alerts, RuleSet rules)
{
    public const int Bins = 480;

    /// <summary>Points asked for at the finest: eight for each bin.</summary>
    const int FinePoints = Bins * 8;

    public async Task<ChartData> ReadAsync(ChartSpec spec, string host, long fromMs, long toMs, CancellationToken ct)
    {
        var interval = hosts.Find(host)?.Interval ?? TimeSpan.FromMinutes(1);
        long step = Step(toMs - fromMs, interval);
        var curves = new List<Curve>();
        // The first source that has anything of it: who speaks twice of one host is heard once.
        foreach (var source in MetricSource.All.TakeWhile(_ => curves.Count == 0))
            foreach (var query in source.Charts.GetValueOrDefault(spec.Id, []))
                curves.AddRange(await CurvesAsync(query, host, fromMs, toMs, step, interval, ct));
        var order = spec.Order.ToList();
        curves = [.. curves.OrderBy(c => order.IndexOf(c.Name) is >= 0 and var place ? place : int.MaxValue)
            .ThenBy(c => c.Name, StringComparer.Ordinal)];
        double? limit = spec.Limit is { } most ? await InstantAsync(HeadlineCatalog.Of(most, host), toMs, ct) : spec.Most;
        return new(spec, host, fromMs, toMs, Bins, curves, rules.Thresholds(spec.Id),
            alerts.Bands(host, rules.OnChart(spec.Id), fromMs, toMs), limit);
    }

    /// <summary>No finer than the host reports, and no more points than a chart can use.</summary>
    static long Step(long spanMs, TimeSpan interval)
    {
        long least = (long)interval.TotalMilliseconds, wanted = spanMs / FinePoints;
        return wanted <= least ? least : (wanted + 999) / 1000 * 1000;
    }

    async Task<IEnumerable<Curve>> CurvesAsync(ChartQuery query, string host, long fromMs, long toMs, long step,
        TimeSpan interval, CancellationToken ct)
    {
        // On the probes' grid, so that a point is a sample and not a neighbour's; up to the grid's next point, so that the
        // newest sample is seen at once.
        long first = fromMs / step * step, last = (toMs + step - 1) / step * step;
        // Wide enough for one late report, narrow enough to show a gap as a gap.
        long window = Math.Max(step, (long)(interval.TotalMilliseconds * 2.5));
        if (query.IsRate)
        {
            window = Math.Max(window, (long)(interval.TotalMilliseconds * 4));
            string rate = query.Expression.Replace(ChartQuery.Window, $"{window}ms", StringComparison.Ordinal);
            var rates = await RangeAsync(HeadlineCatalog.Of(rate, host).ToString(), first, last, step, ct);
            return rates.Select(r => Bin(query, r.Labels, fromMs, toMs, r, r, r));
        }
        var asked = HeadlineCatalog.Of(query.Expression, host);
        string range = asked is Selector ? $"{asked}[{window}ms]" : $"({asked})[{window}ms:{(long)interval.TotalMilliseconds}ms]";
        if (step <= interval.TotalMilliseconds)
        {
            var samples = await RangeAsync($"last_over_time({range})", first, last, step, ct);
            return samples.Select(s => Bin(query, s.Labels, fromMs, toMs, s, s, s));
        }
        var average = await RangeAsync($"avg_over_time({range})", first, last, step, ct);
        var least = await ByLabelsAsync($"min_over_time({range})", first, last, step, ct);
        var greatest = await ByLabelsAsync($"max_over_time({range})", first, last, step, ct);
        return average.Select(a =>
            Bin(query, a.Labels, fromMs, toMs, a, least.GetValueOrDefault(a.Labels.Without(Labels.MetricName), a),
                greatest.GetValueOrDefault(a.Labels.Without(Labels.MetricName), a)));
    }

    async Task<Dictionary<Labels, SeriesSamples>> ByLabelsAsync(string query, long fromMs, long toMs, long step, CancellationToken ct) =>
        (await RangeAsync(query, fromMs, toMs, step, ct)).ToDictionary(s => s.Labels.Without(Labels.MetricName));

    async Task<IReadOnlyList<SeriesSamples>> RangeAsync(string query, long fromMs, long toMs, long step, CancellationToken ct) =>
        [.. (await engine.RangeAsync(query, fromMs, toMs, step, ct)).Series()];

    async Task<double?> InstantAsync(Expr query, long timeMs, CancellationToken ct) =>
        (await engine.InstantAsync(query, timeMs, ct)).Series() is [{ Values.Span: [var value, ..] }, ..] ? value : null;

    static Curve Bin(ChartQuery query, Labels labels, long fromMs, long toMs, SeriesSamples average, SeriesSamples least,
        SeriesSamples greatest) =>
        new(
        Name(query.Curve, labels),
        Fold(average, fromMs, toMs, (sum, value) => sum + value, mean: true),
        Fold(least, fromMs, toMs, Math.Min, mean: false),
        Fold(greatest, fromMs, toMs, Math.Max, mean: false),
        average.Values.ToArray().Where(double.IsFinite).Select(v => (double?)v).LastOrDefault());

    static double[] Fold(SeriesSamples samples, long fromMs, long toMs, Func<double, double, double> fold, bool mean)
    {
        var bins = new double[Bins];
        var counts = new int[Bins];
        Array.Fill(bins, double.NaN);
        var times = samples.TimesMs.Span;
        var values = samples.Values.Span;
        for (int i = 0; i < times.Length; i++)
        {
            if (times[i] < fromMs || !double.IsFinite(values[i]))
                continue;
            int bin = Math.Min(Bins - 1, (int)((times[i] - fromMs) * Bins / (toMs - fromMs)));
            bins[bin] = counts[bin]++ == 0 ? values[i] : fold(bins[bin], values[i]);
        }
        for (int i = 0; mean && i < Bins; i++)
            bins[i] /= Math.Max(1, counts[i]);
        FillBetweenReports(bins, times, toMs - fromMs);
        return bins;
    }

    /// <summary>On a short range a bin is shorter than the reporting interval: the bins between two neighbouring reports belong
    /// to the later one.</summary>
    static void FillBetweenReports(double[] bins, ReadOnlySpan<long> times, long spanMs)
    {
        if (times.Length < 2)
            return;
        long step = long.MaxValue;
        for (int i = 1; i < times.Length; i++)
            step = Math.Min(step, times[i] - times[i - 1]);
        int reach = (int)Math.Ceiling((double)step * Bins / spanMs);
        for (int i = bins.Length - 1, next = -1; i >= 0; i--)
        {
            if (!double.IsNaN(bins[i]))
                next = i;
            else if (next >= 0 && next - i < reach)
                bins[i] = bins[next];
        }
    }

    static string Name(string template, Labels labels)
    {
        foreach (var label in labels.Span)
            template = template.Replace('{' + label.Name + '}', label.Value, StringComparison.Ordinal);
        return template;
    }
}
