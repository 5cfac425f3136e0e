using Vigie.PromQL.Evaluation;

namespace Vigie.PromQL.Functions;

/// <summary>How fast a range's values change.</summary>
static class RateFunctions
{
    public static readonly Function[] All =
    [
        WindowFunction.Of("rate", () => new RateKernel(counter: true, perSecond: true)) with { WantsCounter = true },
        WindowFunction.Of("increase", () => new RateKernel(counter: true, perSecond: false)) with { WantsCounter = true },
        WindowFunction.Of("delta", () => new RateKernel(counter: false, perSecond: false)),
        WindowFunction.Each("irate", (in w, _) => Last(w, perSecond: true)),
        WindowFunction.Each("idelta", (in w, _) => Last(w, perSecond: false)),
    ];

    /// <summary>The change between the last two samples; a counter that fell began again at zero.</summary>
    static double Last(in Window window, bool perSecond)
    {
        var times = window.TimesMs;
        var values = window.Values;
        if (values.Length < 2)
            return Gap.Value;
        if (!perSecond)
            return values[^1] - values[^2];
        double change = values[^1] < values[^2] ? values[^1] : values[^1] - values[^2];
        return change / ((times[^1] - times[^2]) / 1000.0);
    }
}
