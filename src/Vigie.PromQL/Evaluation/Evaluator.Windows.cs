using Vigie.PromQL.Ast;
using Vigie.PromQL.Functions;

namespace Vigie.PromQL.Evaluation;

sealed partial class Evaluator
{
    static readonly WindowFunction IsPresent = WindowFunction.Of("present_over_time", _ => 1);

    /// <summary>1 at each step whose range has a sample.</summary>
    public List<StepSeries> Presence(Expr range, Grid grid) => Windows(IsPresent, Range(range, grid), [], grid);

    List<StepSeries> Windows(WindowFunction function, Call call, Grid grid)
    {
        var scalars = Scalars(call, grid);
        var argument = call.Arguments.First(a => a.Kind == ValueKind.RangeVector);
        if (function.Refuses is { } refuses && scalars.Length > 0 && refuses([.. scalars.Select(s => s[0])]) is { } reason)
            throw PromQLException.Evaluation(call.At, reason);
        if (function.WantsQuantile)
            Remarks.CheckQuantile(scalars[0], call.Arguments[0].At);
        var vector = Windows(function, Range(argument, grid), scalars, grid);
        if (function.WantsCounter)
            Remarks.CheckCounters(vector, argument.At);
        return vector;
    }

    List<StepSeries> Windows(WindowFunction function, RangeData range, double[][] scalars, Grid grid)
    {
        var vector = new List<StepSeries>(range.Series.Count);
        Span<double> at = stackalloc double[scalars.Length];
        foreach (var series in range.Series)
        {
            var times = series.TimesMs.Span;
            var values = series.Values.Span;
            var column = budget.Column(grid);
            int from = 0, to = 0;
            for (int step = 0; step < column.Length; step++)
            {
                budget.StopIfCancelled();
                // Ends never go back from step to step, so both sides of the window only move forward.
                long end = range.Ends[step], start = end - range.RangeMs;
                while (to < times.Length && times[to] <= end)
                    to++;
                while (from < to && times[from] <= start)
                    from++;
                if (from == to)
                    continue;
                for (int s = 0; s < scalars.Length; s++)
                    at[s] = scalars[s][step];
                column[step] = function.Map(new Window(times[from..to], values[from..to], start, end, grid.Time(step)), at);
            }
            var result = new StepSeries(series.Labels, column, series.DropName || !function.KeepsName);
            if (!result.IsEmpty)
                vector.Add(result);
        }
        return vector;
    }
}
