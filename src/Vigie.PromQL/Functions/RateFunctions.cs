using Vigie.PromQL.Evaluation;

namespace Vigie.PromQL.Functions;

/// <summary>How fast a range's values change.</summary>
static class RateFunctions
{
    public static readonly Function[] All =
    [
        WindowFunction.Of("rate", (in w, _) => Extrapolated(w, counter: true, perSecond: true)) with { WantsCounter = true },
        WindowFunction.Of("increase", (in w, _) => Extrapolated(w, counter: true, perSecond: false)) with { WantsCounter = true },
        WindowFunction.Of("delta", (in w, _) => Extrapolated(w, counter: false, perSecond: false)),
        WindowFunction.Of("irate", (in w, _) => Last(w, perSecond: true)),
        WindowFunction.Of("idelta", (in w, _) => Last(w, perSecond: false)),
    ];

    /// <summary>
    /// The change between the first and the last sample, stretched to the range's ends: as far as half a sample interval beyond
    /// samples that stop short of an end, and for a counter never to before it would have been zero.
    /// </summary>
    static double Extrapolated(in Window window, bool counter, bool perSecond)
    {
        var times = window.TimesMs;
        var values = window.Values;
        if (values.Length < 2)
            return Gap.Value;
        double change = values[^1] - values[0];
        if (counter)
        {
            for (int i = 1; i < values.Length; i++)
                if (values[i] < values[i - 1])
                    change += values[i - 1];
        }
        double toStart = (times[0] - window.StartMs) / 1000.0;
        double toEnd = (window.EndMs - times[^1]) / 1000.0;
        double sampled = (times[^1] - times[0]) / 1000.0;
        double interval = sampled / (values.Length - 1);
        double threshold = interval * 1.1;
        if (toStart >= threshold)
            toStart = interval / 2;
        if (counter && change > 0 && values[0] >= 0)
            toStart = Math.Min(toStart, sampled * (values[0] / change));
        if (toEnd >= threshold)
            toEnd = interval / 2;
        double factor = (sampled + toStart + toEnd) / sampled;
        if (perSecond)
            factor /= (window.EndMs - window.StartMs) / 1000.0;
        return change * factor;
    }

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
