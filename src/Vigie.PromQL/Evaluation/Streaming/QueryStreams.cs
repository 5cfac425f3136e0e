using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Functions;

namespace Vigie.PromQL.Evaluation;

/// <summary>
/// The parts of a query that are computed while its series are read. Each different selection is read once, for all parts that
/// need it; what stands above is evaluated when all is read.
/// </summary>
sealed class QueryStreams : IDisposable
{
    readonly Dictionary<(Expr Node, Grid Grid), SeriesStream> _streams = new(ByNode.Instance);

    /// <summary>Finds the largest parts that need one series at a time.</summary>
    public void Collect(Evaluator e, Expr expr, Grid grid)
    {
        e.Budget.StopIfCancelled();
        switch (expr)
        {
            case RangeSelector range:
                Add(range, grid, new RangeStream(e.Plan.Selection(range.Selector, range.RangeMs, grid)));
                return;
            case Subquery subquery:
                var inside = e.Plan.Inside(subquery, grid);
                if (inside.Count == int.MaxValue)
                    throw e.Budget.TooManySamples(); // more steps than can be counted: it would end before its time
                if (inside.Count > 0)
                    Collect(e, subquery.Inner, inside);
                return;
            case Call { Function: "absent_over_time" } call when call.Arguments[0].Unwrapped is RangeSelector range:
                Add(range, grid, new ColumnStream(ColumnPlan.Over(e, range, OverTimeFunctions.Presence, [], grid), null, e));
                return;
            case Aggregation aggregation when Reduction.Takes(aggregation) && ColumnPlan.NeedsNoSeries(aggregation.Parameter)
                && ColumnPlan.Of(e, aggregation.Operand, grid) is { } plan:
                Add(aggregation, grid, new ColumnStream(plan, Reduction.Of(e, aggregation, grid), e));
                return;
        }
        if (expr.Kind == ValueKind.InstantVector && ColumnPlan.Of(e, expr, grid) is { } columns)
        {
            Add(expr, grid, new ColumnStream(columns, null, e));
            return;
        }
        foreach (var child in expr.Children)
            Collect(e, child, grid);
    }

    public async ValueTask ReadAsync(ISeriesSource source, QueryOptions options, Budget budget, CancellationToken ct)
    {
        foreach (var streams in _streams.Values.GroupBy(s => Key(s.Selection)))
        {
            var selection = streams.First().Selection with
            {
                LatestOnly = streams.All(s => s.Selection.LatestOnly),
                Summaries = streams.Aggregate(Summaries.None, (all, s) => all | s.Selection.Summaries),
                MaxSeries = budget.SeriesLeft,
                MaxSamples = budget.SamplesLeft,
                Workers = options.Workers,
            };
            try
            {
                await source.ReadAsync(selection, new SelectionSink([.. streams], budget), ct);
            }
            catch (SelectionTooLargeException e)
            {
                throw e.OfSeries ? budget.TooManySeries() : budget.TooManySamples();
            }
        }
    }

    /// <summary>The columns of a node, which its caller owns from then on; null when it is no such part.</summary>
    public List<StepSeries>? Columns(Expr node, Grid grid) =>
        _streams.TryGetValue((node, grid), out var stream) && stream is ColumnStream columns ? columns.Finish() : null;

    public IReadOnlyList<RangeSeries> Range(RangeSelector range, Grid grid) => ((RangeStream)_streams[(range, grid)]).Series;

    void Add(Expr node, Grid grid, SeriesStream stream) => _streams.Add((node, grid), stream);

    static (string, long, long, long) Key(SeriesSelection s) => (string.Join('\0', s.Matchers), s.FromMs, s.ToMs, s.StepMs);

    public void Dispose()
    {
        foreach (var stream in _streams.Values)
            stream.Dispose();
    }

    /// <summary>A node is the place in the query, not what it says.</summary>
    sealed class ByNode : IEqualityComparer<(Expr Node, Grid Grid)>
    {
        public static readonly ByNode Instance = new();

        public bool Equals((Expr Node, Grid Grid) x, (Expr Node, Grid Grid) y) => ReferenceEquals(x.Node, y.Node) && x.Grid == y.Grid;

        public int GetHashCode((Expr Node, Grid Grid) key) =>
            HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Node), key.Grid);
    }
}
