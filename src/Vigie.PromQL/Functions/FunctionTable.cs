using System.Collections.Frozen;

namespace Vigie.PromQL.Functions;

/// <summary>Every function by name.</summary>
static class FunctionTable
{
    static readonly FrozenDictionary<string, Function> ByName =
        new[] { ElementFunctions.All, DateFunctions.All, OverTimeFunctions.All, RateFunctions.All, TrendFunctions.All, LabelFunctions.All,
                HistogramFunctions.All, OrderFunctions.All, VectorFunctions.All, ScalarFunctions.All }
            .SelectMany(functions => functions).ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    /// <summary>Known to Prometheus, but not built here: what needs native histograms, and the experimental ones.</summary>
    public static readonly FrozenSet<string> Unsupported = new[]
    {
        "histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum", "info",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool TryGet(string name, out Function function)
    {
        bool known = ByName.TryGetValue(name, out var found);
        function = found!;
        return known;
    }

    public static Function Get(string name) => ByName[name];
}
