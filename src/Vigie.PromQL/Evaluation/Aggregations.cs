using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Functions;
using Vigie.PromQL.Parsing;

namespace Vigie.PromQL.Evaluation;

/// <summary>Aggregations: the series are grouped once, then each group is reduced step by step.</summary>
static class Aggregations
{
    public static List<StepSeries> Evaluate(Evaluator e, Aggregation aggregation, Grid grid)
    {
        var aggregator = AggregatorTable.Get(aggregation.Operator);
        var parameter = aggregator.Parameter == ValueKind.Scalar ? e.Scalar(aggregation.Parameter!, grid) : null;
        if (aggregator.Name == "quantile")
            e.Remarks.CheckQuantile(parameter!, aggregation.Parameter!.At);
        var vector = e.Vector(aggregation.Operand, grid);
        var groups = Signature.Of(aggregation.Grouping).Group(vector);
        return aggregator switch
        {
            { Name: "topk" } => Extremes(e, aggregation, groups, parameter!, OrderFunctions.CompareDescending),
            { Name: "bottomk" } => Extremes(e, aggregation, groups, parameter!, OrderFunctions.Compare),
            { Reduce: { } reduce } => [.. groups.Select(group => Reduced(e, group.Key, group.Value, reduce, parameter, grid))],
            _ => Counted(e, aggregation, groups, grid),
        };
    }

    static StepSeries Reduced(Evaluator e, Labels labels, List<StepSeries> members, Reduce reduce, double[]? parameter, Grid grid)
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
                column[step] = reduce(present.AsSpan(0, count), parameter is null ? 0 : parameter[step]);
        }
        return new(labels, column, members.Exists(m => m.DropName));
    }

    /// <summary>The k first of each group at each step; the other samples become gaps. NaN is taken last.</summary>
    static List<StepSeries> Extremes(
        Evaluator e, Aggregation aggregation, Dictionary<Labels, List<StepSeries>> groups, double[] parameter, Comparison<double> order)
    {
        var chosen = new List<StepSeries>();
        foreach (var members in groups.Values)
        {
            var ranked = new List<int>(members.Count);
            for (int step = 0; step < parameter.Length; step++)
            {
                e.Budget.StopIfCancelled();
                int at = step;
                ranked.Clear();
                for (int i = 0; i < members.Count; i++)
                    if (!Gap.Is(members[i].Values[at]))
                        ranked.Add(i);
                int k = Count(parameter[at], aggregation);
                if (k >= ranked.Count && parameter.Length > 1)
                    continue;
                ranked.Sort((a, b) => order(members[a].Values[at], members[b].Values[at]) is not 0 and var by ? by : a.CompareTo(b));
                foreach (int i in ranked.Skip(k))
                    members[i].Values[at] = Gap.Value;
                if (parameter.Length == 1)
                    chosen.AddRange(ranked.Take(k).Select(i => members[i]));
            }
            if (parameter.Length > 1)
                chosen.AddRange(members.Where(m => !m.IsEmpty));
        }
        return e.Query.StepMs == 0 ? e.InOrder(chosen) : chosen;
    }

    static int Count(double k, Aggregation aggregation) => double.IsNaN(k)
        ? throw PromQLException.Evaluation(aggregation.Parameter!.At, $"{aggregation.Operator}'s parameter must be a number, found NaN")
        : (int)Math.Clamp(k, 0, int.MaxValue);

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
