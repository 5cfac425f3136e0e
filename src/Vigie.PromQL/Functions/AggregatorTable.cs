using System.Collections.Frozen;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Evaluation;

namespace Vigie.PromQL.Functions;

/// <summary>Values of one group at one step to one value; the values may be reordered in place.</summary>
delegate double Reduce(Span<double> values, double parameter);

/// <param name="Parameter">The type of the first argument, or null when there is only the vector.</param>
/// <param name="Reduce">Null for those that don't make one value of a group: topk, bottomk, count_values.</param>
sealed record Aggregator(string Name, ValueKind? Parameter, Reduce? Reduce);

/// <summary>Every aggregation by name; the names are case-insensitive.</summary>
static class AggregatorTable
{
    static readonly FrozenDictionary<string, Aggregator> ByName = new Aggregator[]
    {
        new("sum", null, (values, _) => Statistics.Sum(values)),
        new("avg", null, (values, _) => Statistics.Average(values)),
        new("min", null, (values, _) => Statistics.Min(values)),
        new("max", null, (values, _) => Statistics.Max(values)),
        new("count", null, (values, _) => values.Length),
        new("group", null, (_, _) => 1),
        new("stddev", null, (values, _) => Math.Sqrt(Statistics.Variance(values))),
        new("stdvar", null, (values, _) => Statistics.Variance(values)),
        new("quantile", ValueKind.Scalar, (values, q) => Statistics.Quantile(q, values)),
        new("topk", ValueKind.Scalar, null),
        new("bottomk", ValueKind.Scalar, null),
        new("count_values", ValueKind.String, null),
    }.ToFrozenDictionary(a => a.Name, StringComparer.OrdinalIgnoreCase);

    public static readonly FrozenSet<string> Unsupported = new[] { "limitk", "limit_ratio" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool TryGet(string name, out Aggregator aggregator)
    {
        bool known = ByName.TryGetValue(name, out var found);
        aggregator = found!;
        return known;
    }

    public static Aggregator Get(string name) => ByName[name];
}
