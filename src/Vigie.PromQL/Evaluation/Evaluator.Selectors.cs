using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Evaluation;

sealed partial class Evaluator
{
    /// <summary>The latest sample within the lookback at each step, unless it is a stale marker.</summary>
    /// <param name="times">The samples' times in seconds instead of their values.</param>
    public List<StepSeries> Select(Selector selector, Grid grid, bool times)
    {
        var at = plan.Times(selector.Shift, grid);
        var read = data[plan.Selection(selector, rangeMs: null, grid)];
        var vector = new List<StepSeries>(read.Count);
        foreach (var series in read)
        {
            var column = budget.Column(grid);
            if (Latest(series, at, column, times))
                vector.Add(new(series.Labels, column, dropName: times));
        }
        return vector;
    }

    /// <summary>Whole series, to be cut into windows or returned as they are.</summary>
    public RangeData Range(Expr expr, Grid grid) => expr.Unwrapped switch
    {
        RangeSelector range => new(
            [.. data[plan.Selection(range.Selector, range.RangeMs, grid)].Select(WithoutStaleMarkers)],
            range.RangeMs, plan.Times(range.Selector.Shift, grid)),
        Subquery subquery => Evaluated(subquery, grid),
        var other => throw new InvalidOperationException($"{other.GetType().Name} is no range vector"),
    };

    bool Latest(SeriesSamples series, TimeMap at, double[] column, bool times)
    {
        var sampleTimes = series.TimesMs.Span;
        var values = series.Values.Span;
        bool any = false;
        int next = 0;
        for (int step = 0; step < column.Length; step++)
        {
            long now = at[step];
            while (next < sampleTimes.Length && sampleTimes[next] <= now)
                next++;
            int last = next - 1;
            if (last < 0 || sampleTimes[last] <= now - plan.LookbackMs || StaleMarker.Is(values[last]))
                continue;
            column[step] = times ? sampleTimes[last] / 1000.0 : values[last];
            any = true;
        }
        return any;
    }

    RangeData Evaluated(Subquery subquery, Grid grid)
    {
        var inside = plan.Inside(subquery, grid);
        var ends = plan.Times(subquery.Shift, grid);
        if (inside.Count == 0)
            return new([], subquery.RangeMs, ends);
        var series = Vector(subquery.Inner, inside).Select(s => Present(s, inside));
        return new([.. series], subquery.RangeMs, ends);
    }

    static RangeSeries Present(StepSeries series, Grid grid)
    {
        int count = series.Values.Count(v => !Gap.Is(v));
        var times = new long[count];
        var values = new double[count];
        int next = 0;
        for (int i = 0; i < series.Values.Length; i++)
            if (!Gap.Is(series.Values[i]))
                (times[next], values[next++]) = (grid.Time(i), series.Values[i]);
        return new(series.Labels, series.DropName, times, values);
    }

    static RangeSeries WithoutStaleMarkers(SeriesSamples series)
    {
        var values = series.Values.Span;
        int stale = 0;
        foreach (double value in values)
            stale += StaleMarker.Is(value) ? 1 : 0;
        if (stale == 0)
            return new(series.Labels, DropName: false, series.TimesMs, series.Values);
        var keptTimes = new long[values.Length - stale];
        var kept = new double[values.Length - stale];
        int next = 0;
        for (int i = 0; i < values.Length; i++)
            if (!StaleMarker.Is(values[i]))
                (keptTimes[next], kept[next++]) = (series.TimesMs.Span[i], values[i]);
        return new(series.Labels, DropName: false, keptTimes, kept);
    }
}
