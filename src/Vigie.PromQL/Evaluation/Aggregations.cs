using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Functions;
using Vigie.PromQL.Parsing;

namespace Vigie.PromQL.Evaluation;

/// <summary>Aggregations: the series are grouped once each, and each group is reduced column by column.</summary>
static class Aggregations
{
    public static List<StepSeries> Evaluate(Evaluator e, Aggregation aggregation, Grid grid)
    {
        if (Reduction.Takes(aggregation))
        {
            var reduction = Reduction.Of(e, aggregation, grid);
            using var reduced = reduction.Groups();
            foreach (var series in e.Vector(aggregation.Operand, grid))
            {
                e.Budget.StopIfCancelled();
                reduced.Add(series.Labels, series.DropName, series.Values);
            }
            return reduction.Finish(e, reduced);
        }
        var signature = Signature.Of(aggregation.Grouping);
        if (aggregation.Operator.Equals("count_values", StringComparison.OrdinalIgnoreCase))
            return Counted(e, aggregation, signature.Group(e.Vector(aggregation.Operand, grid)), grid);
        var quantile = e.Scalar(aggregation.Parameter!, grid);
        e.Remarks.CheckQuantile(quantile, aggregation.Parameter!.At);
        var groups = signature.Group(e.Vector(aggregation.Operand, grid));
        return [.. groups.Select(group => Quantile(e, group.Key, group.Value, quantile, grid))];
    }

    static StepSeries Quantile(Evaluator e, Labels labels, List<StepSeries> members, double[] quantile, Grid grid)
    {
        var column = e.Budget.Column(grid);
        var present = new double[members.Count];
        for (int step = 0; step < column.Length; step++)
        {
            e.Budget.StopIfCancelled();
            int count = 0;
            foreach (var member in members)
            {
                double value = member.Values[step];
                if (!Gap.Is(value))
                    present[count++] = value;
            }
            if (count > 0)
                column[step] = Statistics.Quantile(quantile[step], present.AsSpan(0, count));
        }
        return new(labels, column, members.Exists(m => m.DropName));
    }

    /// <summary>For each different value of a group, how many series have it; the value becomes a label.</summary>
    static List<StepSeries> Counted(Evaluator e, Aggregation aggregation, Dictionary<Labels, List<StepSeries>> groups, Grid grid)
    {
        string label = e.Text(aggregation.Parameter!);
        if (label.Length == 0)
            throw PromQLException.Evaluation(aggregation.Parameter!.At, "count_values needs the name of a label, found an empty string");
        var counted = new List<StepSeries>();
        foreach (var (labels, members) in groups)
        {
            var byValue = new Dictionary<double, StepSeries>();
            foreach (var member in members)
            {
                for (int step = 0; step < grid.Count; step++)
                {
                    double value = member.Values[step];
                    if (Gap.Is(value))
                        continue;
                    if (!byValue.TryGetValue(value, out var series))
                        byValue.Add(value, series = new(labels.With(label, Numbers.PrintPlain(value)), e.Budget.Column(grid)));
                    series.DropName |= member.DropName;
                    series.Values[step] = Gap.Is(series.Values[step]) ? 1 : series.Values[step] + 1;
                }
            }
            counted.AddRange(byValue.Values);
        }
        return SeriesMerge.Merge(counted, aggregation.At);
    }
}
