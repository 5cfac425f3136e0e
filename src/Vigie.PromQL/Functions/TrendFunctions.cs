using Vigie.PromQL.Evaluation;
using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Where a range's values are heading.</summary>
static class TrendFunctions
{
    public static readonly Function[] All =
    [
        WindowFunction.Each("deriv", (in w, _) => w.Values.Length < 2 ? Gap.Value : Line(w, w.TimesMs[0]).Slope),
        WindowFunction.Each("predict_linear", Predict, RangeVector, Scalar),
        WindowFunction.Each("double_exponential_smoothing", Smooth, RangeVector, Scalar, Scalar) with
        {
            Refuses = factors =>
                factors[0] is not (> 0 and < 1) ? $"the smoothing factor must be between 0 and 1, found {factors[0]}"
                : factors[1] is not (> 0 and < 1) ? $"the trend factor must be between 0 and 1, found {factors[1]}" : null,
        },
    ];

    static double Predict(in Window window, ReadOnlySpan<double> seconds)
    {
        if (window.Values.Length < 2)
            return Gap.Value;
        var (slope, intercept) = Line(window, window.NowMs);
        return (slope * seconds[0]) + intercept;
    }

    /// <summary>Least squares, in seconds from <paramref name="originMs"/>.</summary>
    static (double Slope, double Intercept) Line(in Window window, long originMs)
    {
        var times = window.TimesMs;
        var values = window.Values;
        KahanSum sumX = default, sumY = default, sumXY = default, sumXX = default;
        bool constant = true;
        for (int i = 0; i < values.Length; i++)
        {
            constant &= values[i] == values[0];
            double x = (times[i] - originMs) / 1000.0;
            sumX.Add(x);
            sumY.Add(values[i]);
            sumXY.Add(x * values[i]);
            sumXX.Add(x * x);
        }
        if (constant)
            return double.IsInfinity(values[0]) ? (double.NaN, double.NaN) : (0, values[0]);
        double n = values.Length;
        double slope = (sumXY.Value - (sumX.Value * sumY.Value / n)) / (sumXX.Value - (sumX.Value * sumX.Value / n));
        return (slope, (sumY.Value / n) - (slope * sumX.Value / n));
    }

    /// <summary>Holt's linear method: a smoothed level that carries a smoothed trend.</summary>
    static double Smooth(in Window window, ReadOnlySpan<double> factors)
    {
        var values = window.Values;
        if (values.Length < 2)
            return Gap.Value;
        double before = 0, level = values[0], trend = values[1] - values[0];
        for (int i = 1; i < values.Length; i++)
        {
            if (i > 1)
                trend = (factors[1] * (level - before)) + ((1 - factors[1]) * trend);
            double next = (factors[0] * values[i]) + ((1 - factors[0]) * (level + trend));
            (before, level) = (level, next);
        }
        return level;
    }
}
