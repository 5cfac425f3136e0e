namespace Vigie.PromQL;

/// <summary>How queries are evaluated and how large they may be.</summary>
public sealed record QueryOptions
{
    /// <summary>How old the latest sample of a series may be to count as its value. Default 5 min.</summary>
    public TimeSpan Lookback { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Distance of a subquery's instants when it doesn't say. Default 1 min.</summary>
    public TimeSpan SubqueryStep { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Most steps of a range query. Subqueries are bounded by their samples. Default 11,000.</summary>
    public int MaxSteps { get; init; } = 11_000;

    /// <summary>Most series that all selectors of a query may read together. Default 200,000.</summary>
    public int MaxSeries { get; init; } = 200_000;

    /// <summary>Most samples that a query may read and compute, all its parts counted. Default 50 million.</summary>
    public long MaxSamples { get; init; } = 50_000_000;

    /// <summary>Longest time from the query's arrival to its answer. Default 2 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Most threads that read and compute one query; one that reads little takes one. Default: one a core, four at most.</summary>
    public int Workers { get; init; } = Math.Min(Environment.ProcessorCount, 4);

    /// <summary>The clock of the time limit.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
