using Vigie.Core.Metrics;

namespace Vigie.PromQL;

/// <summary>
/// A query's answer: <see cref="ScalarResult"/>, <see cref="VectorResult"/>, <see cref="MatrixResult"/> or
/// <see cref="StringResult"/>.
/// </summary>
public abstract record QueryResult
{
    /// <summary>Why the answer may not be what was meant.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What the query's author may want to know.</summary>
    public IReadOnlyList<string> Infos { get; init; } = [];
}

/// <param name="TimeMs">Unix milliseconds.</param>
public sealed record ScalarResult(long TimeMs, double Value) : QueryResult;

/// <param name="TimeMs">Unix milliseconds.</param>
public sealed record StringResult(long TimeMs, string Value) : QueryResult;

/// <summary>One value per series at one instant, ordered by the query's sort function, else by labels.</summary>
/// <param name="TimeMs">Unix milliseconds.</param>
public sealed record VectorResult(long TimeMs, IReadOnlyList<VectorSample> Samples) : QueryResult;

public readonly record struct VectorSample(Labels Labels, double Value);

/// <summary>Series with times and values, ordered by labels. Steps without a value are left out.</summary>
public sealed record MatrixResult(IReadOnlyList<SeriesSamples> Series) : QueryResult;
