using Vigie.PromQL.Ast;
using Vigie.PromQL.Functions;

namespace Vigie.PromQL.Evaluation;

sealed partial class Evaluator
{
    /// <summary>1 at each step whose range has a sample.</summary>
    public List<StepSeries> Presence(Expr range, Grid grid) =>
        streams.Columns(range.Unwrapped, grid) ?? Windows(OverTimeFunctions.Presence, [], Range(range, grid), grid);

    /// <summary>Whole series, to be cut into windows or returned as they are.</summary>
    public RangeData Range(Expr expr, Grid grid) => expr.Unwrapped switch
    {
        RangeSelector range => new(streams.Range(range, grid), range.RangeMs, plan.Times(range.Selector.Shift, grid)),
        Subquery subquery => Evaluated(subquery, grid),
        var other => throw new InvalidOperationException($"{other.GetType().Name} is no range vector"),
    };

    /// <summary>The scalar arguments' columns, once they have been looked at.</summary>
    public double[][] WindowScalars(WindowFunction function, Call call, Grid grid)
    {
        var scalars = Scalars(call, grid);
        if (function.Refuses is { } refuses && scalars.Length > 0 && refuses([.. scalars.Select(s => s[0])]) is { } reason)
            throw PromQLException.Evaluation(call.At, reason);
        if (function.WantsQuantile)
            Remarks.CheckQuantile(scalars[0], call.Arguments[0].At);
        return scalars;
    }

    List<StepSeries> Windows(WindowFunction function, Call call, Grid grid)
    {
        var scalars = WindowScalars(function, call, grid);
        var argument = call.Arguments.First(a => a.Kind == ValueKind.RangeVector);
        var vector = Windows(function, scalars, Range(argument, grid), grid);
        if (function.WantsCounter)
            foreach (var series in vector)
                Remarks.CheckCounter(series.Labels, argument.At);
        return vector;
    }

    List<StepSeries> Windows(WindowFunction function, double[][] scalars, RangeData range, Grid grid)
    {
        var vector = new List<StepSeries>(range.Series.Count);
        var windows = new SeriesWindows(range.Ends, range.RangeMs, () => function.Kernel(scalars, budget), keepsStale: false);
        ReadOnlyMemory<long> cut = default;
        foreach (var series in range.Series)
        {
            if (!series.TimesMs.Equals(cut))
                windows.Instants(cut = series.TimesMs);
            var column = budget.Column(grid);
            if (series.Values.Length > 0 && windows.Fill(series.Values.Span, column))
                vector.Add(new(series.Labels, column, series.DropName || !function.KeepsName));
        }
        return vector;
    }

    RangeData Evaluated(Subquery subquery, Grid grid)
    {
        var inside = plan.Inside(subquery, grid);
        var ends = plan.Times(subquery.Shift, grid);
        if (inside.Count == 0)
            return new([], subquery.RangeMs, ends);
        var all = new PresentSteps(inside);
        return new([.. Vector(subquery.Inner, inside).Select(all.Of)], subquery.RangeMs, ends);
    }
}
