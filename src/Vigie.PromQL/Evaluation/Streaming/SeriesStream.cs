using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>A part of a query that takes series as they are read.</summary>
/// <param name="selection">What it has to see.</param>
abstract class SeriesStream(SeriesSelection selection) : IDisposable
{
    public SeriesSelection Selection { get; } = selection;

    /// <summary>Asked once, before the first series.</summary>
    public abstract IReadOnlyList<ISeriesPart> Split(int parts);

    public abstract void Dispose();
}
