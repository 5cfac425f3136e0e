using Vigie.PromQL.Evaluation;
using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Functions that summarise a range's values.</summary>
static class OverTimeFunctions
{
    public static readonly Function[] All =
    [
        WindowFunction.Of("avg_over_time", Statistics.Average),
        WindowFunction.Of("min_over_time", Statistics.Min),
        WindowFunction.Of("max_over_time", Statistics.Max),
        WindowFunction.Of("sum_over_time", Statistics.Sum),
        WindowFunction.Of("count_over_time", values => values.Length),
        WindowFunction.Of("present_over_time", _ => 1),
        WindowFunction.Of("stddev_over_time", values => Math.Sqrt(Statistics.Variance(values))),
        WindowFunction.Of("stdvar_over_time", Statistics.Variance),
        WindowFunction.Of("mad_over_time", MedianDeviation),
        WindowFunction.Of("last_over_time", values => values[^1]) with { KeepsName = true },
        WindowFunction.Of("first_over_time", values => values[0]) with { KeepsName = true },
        WindowFunction.Of("changes", Changes),
        WindowFunction.Of("resets", Resets),
        WindowFunction.Of("ts_of_first_over_time", (in w, _) => w.TimesMs[0] / 1000.0),
        WindowFunction.Of("ts_of_last_over_time", (in w, _) => w.TimesMs[^1] / 1000.0),
        WindowFunction.Of("ts_of_min_over_time", (in w, _) => TimeOf(w, (next, best) => next <= best)),
        WindowFunction.Of("ts_of_max_over_time", (in w, _) => TimeOf(w, (next, best) => next >= best)),
        new WindowFunction("quantile_over_time", (in w, q) => Statistics.Quantile(q[0], w.Values.ToArray()),
            Scalar, RangeVector) { WantsQuantile = true },
    ];

    static double MedianDeviation(ReadOnlySpan<double> values)
    {
        var copy = values.ToArray();
        double median = Statistics.Quantile(0.5, copy);
        for (int i = 0; i < copy.Length; i++)
            copy[i] = Math.Abs(copy[i] - median);
        return Statistics.Quantile(0.5, copy);
    }

    static double Changes(ReadOnlySpan<double> values)
    {
        int changes = 0;
        for (int i = 1; i < values.Length; i++)
            changes += !values[i].Equals(values[i - 1]) && values[i] != values[i - 1] ? 1 : 0;
        return changes;
    }

    static double Resets(ReadOnlySpan<double> values)
    {
        int resets = 0;
        for (int i = 1; i < values.Length; i++)
            resets += values[i] < values[i - 1] ? 1 : 0;
        return resets;
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
