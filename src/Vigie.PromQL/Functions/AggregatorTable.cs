using System.Collections.Frozen;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Evaluation;

namespace Vigie.PromQL.Functions;

/// <param name="Parameter">The type of the first argument, or null when there is only the vector.</param>
/// <param name="Accumulator">
/// For so many steps and a column of the parameter. Null for those that must have the whole group before they can begin.
/// </param>
sealed record Aggregator(string Name, ValueKind? Parameter, Func<int, double[], Accumulator>? Accumulator);

/// <summary>Every aggregation by name; the names are case-insensitive.</summary>
static class AggregatorTable
{
    static readonly FrozenDictionary<string, Aggregator> ByName = new Aggregator[]
    {
        new("sum", null, (steps, _) => new SumColumns(steps)),
        new("avg", null, (steps, _) => new AverageColumns(steps)),
        new("min", null, (steps, _) => new ExtremeColumns(steps, max: false)),
        new("max", null, (steps, _) => new ExtremeColumns(steps, max: true)),
        new("count", null, (steps, _) => new CountColumns(steps, presence: false)),
        new("group", null, (steps, _) => new CountColumns(steps, presence: true)),
        new("stddev", null, (steps, _) => new VarianceColumns(steps, deviation: true)),
        new("stdvar", null, (steps, _) => new VarianceColumns(steps, deviation: false)),
        new("quantile", ValueKind.Scalar, null),
        new("topk", ValueKind.Scalar, (steps, k) => new RankedColumns(steps, k, descending: true)),
        new("bottomk", ValueKind.Scalar, (steps, k) => new RankedColumns(steps, k, descending: false)),
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
