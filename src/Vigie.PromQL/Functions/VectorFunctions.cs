using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Evaluation;
using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Functions about the presence and the times of samples.</summary>
static class VectorFunctions
{
    public static readonly Function[] All =
    [
        new VectorFunction("vector", (e, call, grid) => [new(Labels.Empty, e.Scalar(call.Arguments[0], grid))], Scalar),
        new VectorFunction("timestamp", Timestamp, InstantVector),
        new VectorFunction("absent", (e, call, grid) => Absent(e, call, grid, e.Vector(call.Arguments[0], grid)), InstantVector),
        new VectorFunction("absent_over_time", (e, call, grid) => Absent(e, call, grid, e.Presence(call.Arguments[0], grid)), RangeVector),
    ];

    /// <summary>The evaluation time: of a selector the samples' own times are known, but that is no question to a vector.</summary>
    static List<StepSeries> Timestamp(Evaluator e, Call call, Grid grid)
    {
        var vector = e.Vector(call.Arguments[0], grid);
        foreach (var series in vector)
        {
            series.DropName = true;
            for (int i = 0; i < grid.Count; i++)
                if (!Gap.Is(series.Values[i]))
                    series.Values[i] = grid.Time(i) / 1000.0;
        }
        return vector;
    }

    static List<StepSeries> Absent(Evaluator e, Call call, Grid grid, List<StepSeries> vector)
    {
        var column = e.Constant(1, grid);
        foreach (var series in vector)
            for (int i = 0; i < column.Length; i++)
                if (!Gap.Is(series.Values[i]))
                    column[i] = Gap.Value;
        return Gap.IsAll(column) ? [] : [new(LabelsOf(call.Arguments[0].Unwrapped), column)];
    }

    /// <summary>The labels that an equality matcher fixes, unless a second matcher speaks of the same label.</summary>
    static Labels LabelsOf(Expr expr)
    {
        var matchers = expr switch { Selector s => s.Matchers, RangeSelector r => r.Selector.Matchers, _ => [] };
        return Labels.From(matchers.GroupBy(m => m.Name, StringComparer.Ordinal)
            .Where(g => g.Key != Labels.MetricName && g.Count() == 1 && g.First().Kind == MatchKind.Equal)
            .Select(g => new Label(g.Key, g.First().Value)));
    }
}
