using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Evaluation;

/// <summary>Which instants each part of a query looks at.</summary>
/// <param name="query">The whole query's grid, which is what <c>@ start()</c> and <c>step()</c> mean.</param>
sealed class QueryPlan(Grid query, QueryOptions options)
{
    public Grid Query { get; } = query;

    public long LookbackMs { get; } = (long)options.Lookback.TotalMilliseconds;

    public TimeMap Times(TimeShift shift, Grid grid) => new(grid, shift.OffsetMs, shift.At switch
    {
        AtKind.Time => shift.AtMs,
        AtKind.Start => Query.StartMs,
        AtKind.End => Query.EndMs,
        _ => null,
    });

    /// <summary>A subquery's own grid: multiples of its step after the first window's start, up to the last window's end.</summary>
    public Grid Inside(Subquery subquery, Grid grid)
    {
        var ends = Times(subquery.Shift, grid);
        long step = subquery.StepMs ?? (long)options.SubqueryStep.TotalMilliseconds;
        long open = ends.First - subquery.RangeMs;
        long start = Math.DivRem(open, step, out long rest) * step;
        return new(rest < 0 ? start : start + step, ends.Last, step);
    }

    /// <summary>What a selector has to read; both ends inclusive.</summary>
    /// <param name="rangeMs">Null for an instant vector.</param>
    public SeriesSelection Selection(Selector selector, long? rangeMs, Grid grid)
    {
        var times = Times(selector.Shift, grid);
        // Every sample of a range counts, so only the latest-sample lookup may be answered more coarsely.
        return new(selector.Matchers, times.First - (rangeMs ?? LookbackMs) + 1, times.Last, rangeMs is null ? grid.StepMs : 0)
        {
            LatestOnly = rangeMs is null && times.First == times.Last,
        };
    }
}
