using Vigie.PromQL.Evaluation;
using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Functions that summarise a range's values.</summary>
static class OverTimeFunctions
{
    public static readonly WindowFunction Presence = WindowFunction.Of("present_over_time", () => new PresenceKernel());

    public static readonly Function[] All =
    [
        WindowFunction.Of("avg_over_time", () => new SumKernel(average: true)) with { Summary = SummaryUse.Average },
        WindowFunction.Of("min_over_time", () => new ExtremeKernel(max: false)) with { Summary = SummaryUse.Min },
        WindowFunction.Of("max_over_time", () => new ExtremeKernel(max: true)) with { Summary = SummaryUse.Max },
        WindowFunction.Of("sum_over_time", () => new SumKernel(average: false)) with { Summary = SummaryUse.Sum },
        WindowFunction.Of("count_over_time", () => new CountKernel()) with { Summary = SummaryUse.Count },
        Presence,
        WindowFunction.Each("stddev_over_time", values => Math.Sqrt(Statistics.Variance(values))),
        WindowFunction.Each("stdvar_over_time", Statistics.Variance),
        WindowFunction.Each("mad_over_time", MedianDeviation),
        WindowFunction.Of("last_over_time", () => new LastKernel()) with { KeepsName = true },
        WindowFunction.Of("first_over_time", () => new FirstKernel()) with { KeepsName = true },
        WindowFunction.Of("changes", () => new ChangesKernel(resets: false)),
        WindowFunction.Of("resets", () => new ChangesKernel(resets: true)),
        WindowFunction.Each("ts_of_first_over_time", (in w, _) => w.TimesMs[0] / 1000.0),
        WindowFunction.Each("ts_of_last_over_time", (in w, _) => w.TimesMs[^1] / 1000.0),
        WindowFunction.Each("ts_of_min_over_time", (in w, _) => TimeOf(w, (next, best) => next <= best)),
        WindowFunction.Each("ts_of_max_over_time", (in w, _) => TimeOf(w, (next, best) => next >= best)),
        WindowFunction.Each("quantile_over_time", (in w, q) => Statistics.Quantile(q[0], w.Values.ToArray()),
            Scalar, RangeVector) with { WantsQuantile = true },
    ];

    static double MedianDeviation(ReadOnlySpan<double> values)
    {
        var copy = values.ToArray();
        double median = Statistics.Quantile(0.5, copy);
        for (int i = 0; i < copy.Length; i++)
            copy[i] = Math.Abs(copy[i] - median);
        return Statistics.Quantile(0.5, copy);
    }

    /// <summary>The last of equal extremes.</summary>
    static double TimeOf(in Window window, Func<double, double, bool> wins)
    {
        int best = 0;
        for (int i = 1; i < window.Values.Length; i++)
            if (wins(window.Values[i], window.Values[best]) || double.IsNaN(window.Values[best]))
                best = i;
        return window.TimesMs[best] / 1000.0;
    }
}
