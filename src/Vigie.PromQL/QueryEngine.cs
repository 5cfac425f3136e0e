using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Evaluation;
using Vigie.PromQL.Parsing;

namespace Vigie.PromQL;

/// <summary>Answers PromQL over any source of series. Safe for concurrent use.</summary>
public sealed class QueryEngine(ISeriesSource source, QueryOptions options)
{
    /// <summary>The answer at one instant: scalar, vector, string, or a matrix when the query is a range vector.</summary>
    /// <exception cref="PromQLException">The query is wrong, meaningless on these data, or over a limit.</exception>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public ValueTask<QueryResult> InstantAsync(string query, long timeMs, CancellationToken ct = default) =>
        InstantAsync(Expr.Parse(query), timeMs, ct);

    /// <inheritdoc cref="InstantAsync(string, long, CancellationToken)"/>
    public ValueTask<QueryResult> InstantAsync(Expr query, long timeMs, CancellationToken ct = default) =>
        RunAsync(query, new(timeMs, timeMs, 0), Instant, ct);

    /// <summary>The answer at each step from start to end, both inclusive: always a matrix.</summary>
    /// <exception cref="PromQLException">The query is wrong, meaningless on these data, or over a limit.</exception>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public ValueTask<QueryResult> RangeAsync(string query, long startMs, long endMs, long stepMs, CancellationToken ct = default) =>
        RangeAsync(Expr.Parse(query), startMs, endMs, stepMs, ct);

    /// <inheritdoc cref="RangeAsync(string, long, long, long, CancellationToken)"/>
    public ValueTask<QueryResult> RangeAsync(Expr query, long startMs, long endMs, long stepMs, CancellationToken ct = default)
    {
        if (query.Kind is not (ValueKind.Scalar or ValueKind.InstantVector))
            throw PromQLException.Type(query.At,
                $"a range query needs a scalar or an instant vector, found {TypeChecker.Name(query.Kind)}");
        if (stepMs <= 0)
            throw PromQLException.Limit($"the step must be longer than 0 ms, found {stepMs}");
        if (endMs < startMs)
            throw PromQLException.Limit($"the end ({endMs} ms) must not be before the start ({startMs} ms)");
        if ((endMs - startMs) / stepMs >= options.MaxSteps)
        {
            throw PromQLException.Limit($"the query has more than {options.MaxSteps:N0} steps; " +
                $"take a longer step or a shorter range, or raise {nameof(QueryOptions.MaxSteps)}");
        }
        return RunAsync(query, new(startMs, endMs, stepMs), Matrix, ct);
    }

    async ValueTask<QueryResult> RunAsync(Expr query, Grid grid, Func<Evaluator, Expr, Grid, QueryResult> answer, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            var plan = new QueryPlan(grid, options);
            var budget = new Budget(options, either.Token);
            var remarks = new Remarks();
            using var streams = new QueryStreams();
            var evaluator = new Evaluator(plan, streams, budget, remarks);
            streams.Collect(evaluator, query, grid);
            await streams.ReadAsync(source, options, budget, either.Token);
            var result = answer(evaluator, query, grid);
            return result with { Warnings = remarks.Warnings, Infos = remarks.Infos };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new PromQLException(PromQLError.Timeout, default,
                $"the query took longer than {options.Timeout}; ask for less, or raise {nameof(QueryOptions.Timeout)}");
        }
    }

    static QueryResult Instant(Evaluator evaluator, Expr query, Grid grid) => query.Kind switch
    {
        ValueKind.Scalar => new ScalarResult(grid.StartMs, evaluator.Scalar(query, grid)[0]),
        ValueKind.String => new StringResult(grid.StartMs, evaluator.Text(query)),
        ValueKind.InstantVector => Vector(evaluator, query, grid),
        _ => new MatrixResult(Ranges(evaluator.Range(query, grid))),
    };

    static VectorResult Vector(Evaluator evaluator, Expr query, Grid grid) => new(grid.StartMs,
        [.. Final(evaluator, query, grid).Select(s => new VectorSample(s.Labels, s.Values[0]))]);

    static MatrixResult Matrix(Evaluator evaluator, Expr query, Grid grid)
    {
        var series = query.Kind == ValueKind.Scalar
            ? [new StepSeries(Labels.Empty, evaluator.Scalar(query, grid))]
            : Final(evaluator, query, grid);
        var present = new PresentSteps(grid);
        return new([.. series.Select(present.Of).Select(s => new SeriesSamples(s.Labels, s.TimesMs, s.Values))]);
    }

    static List<StepSeries> Final(Evaluator evaluator, Expr query, Grid grid)
    {
        var vector = SeriesMerge.DropNames(evaluator.Vector(query, grid), query.At);
        vector.RemoveAll(s => s.IsEmpty);
        if (!evaluator.IsOrdered)
            vector.Sort((a, b) => LabelOrder.Instance.Compare(a.Labels, b.Labels));
        return vector;
    }

    static IReadOnlyList<SeriesSamples> Ranges(RangeData range) =>
    [
        .. range.Series.Where(s => s.Values.Length > 0)
            .Select(s => new SeriesSamples(s.DropName ? s.Labels.Without(Labels.MetricName) : s.Labels, s.TimesMs, s.Values))
            .OrderBy(s => s.Labels, LabelOrder.Instance),
    ];
}
