using Vigie.Core.Metrics;
using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Hosts;
using Vigie.Hub.Sources;
using Vigie.PromQL;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Alerts.Backtests;

/// <summary>A time for which a rule would have fired.</summary>
/// <param name="Until">Null when it would fire still.</param>
sealed record Firing(DateTimeOffset From, DateTimeOffset? Until, double Worst);

/// <summary>What a rule would have said of one thing.</summary>
/// <param name="Quantiles">Values of the stored history, by quantile; empty when the rule's expression holds its condition.</param>
sealed record BacktestSeries(Labels Labels, IReadOnlyList<Firing> Firings, IReadOnlyList<(double Quantile, double Value)> Quantiles)
{
    public string Host => Labels["host"];
}

/// <param name="Suggested">A threshold that the history would rarely have reached; null when there is none.</param>
sealed record BacktestResult(Rule Rule, DateTimeOffset From, DateTimeOffset To, TimeSpan Step, IReadOnlyList<BacktestSeries> Series, double? Suggested)
{
    public int Times => Series.Sum(s => s.Firings.Count);
}

/// <summary>What a rule would have done over the stored history: the engine's own question, and the same state machine.</summary>
sealed class Backtest(QueryEngine engine, PolicySet policies)
{
    /// <summary>The history is asked piece by piece, so that it can be told how far it is, and no piece is over a query's limits.</summary>
    static readonly TimeSpan Piece = TimeSpan.FromHours(6);

    static readonly double[] Quantiles = [0.5, 0.95, 0.99, 0.999];

    /// <summary>As often as the rule would be asked, but no more than this many times: a longer history is looked at more coarsely.</summary>
    const int MostSteps = 20_160;

    static readonly TimeSpan LeastStep = TimeSpan.FromSeconds(30);

    /// <param name="host">Only this host; null for all that the rule is about.</param>
    /// <exception cref="PromQLException">The rule's question can't be answered.</exception>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<BacktestResult> RunAsync(Rule rule, string? host, DateTimeOffset from, DateTimeOffset to, IProgress<double>? progress,
        CancellationToken ct)
    {
        var step = TimeSpan.FromTicks(Math.Max(LeastStep.Ticks, (to - from).Ticks / MostSteps));
        var question = host is null ? rule.Parsed : HeadlineCatalog.Of(rule.Parsed, host);
        var replays = new Dictionary<Labels, SeriesReplay>();
        for (var at = from; at <= to; at += Piece)
        {
            var end = at + Piece - step < to ? at + Piece - step : to;
            var answer = await engine.RangeAsync(question, at.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds(), (long)step.TotalMilliseconds, ct);
            foreach (var series in answer.Series().Where(s => policies.IsFor(rule, s.Labels["host"])))
            {
                var labels = series.Labels.Without(Labels.MetricName);
                if (!replays.TryGetValue(labels, out var replay))
                    replays[labels] = replay = new(rule, step);
                replay.Add(series.TimesMs.Span, series.Values.Span);
            }
            progress?.Report(Math.Min(1, (at + Piece - from) / (to - from)));
            ct.ThrowIfCancellationRequested();
        }
        var all = replays.Select(r => new BacktestSeries(r.Key, r.Value.End(to), Of(rule, r.Value))).OrderByDescending(s => s.Firings.Count)
            .ThenBy(s => s.Host, StringComparer.Ordinal).ToList();
        return new(rule, from, to, step, all, Suggestion(rule, replays.Values));
    }

    static IReadOnlyList<(double, double)> Of(Rule rule, SeriesReplay replay) =>
        rule.Threshold is null ? [] : [.. Quantiles.Select(q => (q, replay.Quantile(q))).Where(q => double.IsFinite(q.Item2))];

    /// <summary>A little above what the things have reached at their own 99.9th percentile, by the worst of them.</summary>
    static double? Suggestion(Rule rule, IEnumerable<SeriesReplay> replays)
    {
        if (rule.Threshold is null)
            return null;
        double worst = replays.Select(r => r.Quantile(0.999)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max();
        if (!double.IsFinite(worst))
            return null;
        if (rule.Unit == Charts.ChartUnit.Percent)
            return Math.Min(Math.Ceiling((worst + 0.02) * 100) / 100, 0.995);
        double magnitude = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(Math.Abs(worst), 1e-9))) - 1);
        return Math.Ceiling(worst * 1.1 / magnitude) * magnitude;
    }
}
