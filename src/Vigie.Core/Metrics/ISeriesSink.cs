namespace Vigie.Core.Metrics;

/// <summary>Takes series as a source reads them.</summary>
public interface ISeriesSink
{
    /// <summary>Asked once, before the first series: who takes each part. The answer is the parts in this order.</summary>
    IReadOnlyList<ISeriesPart> Split(int parts);
}

/// <summary>
/// Takes one part of an answer, from one thread at a time; parts may be filled by several threads at once. What it throws ends
/// the reading.
/// </summary>
public interface ISeriesPart
{
    /// <summary>The instants of the series that follow, up to the next call; lent until then or until the reading ends.</summary>
    void Instants(ReadOnlyMemory<long> timesMs);

    /// <param name="values">One for each instant. Lent until this returns.</param>
    void Series(Labels labels, ReadOnlySpan<double> values);

    /// <summary>
    /// A series whose samples are gone for some of the time, with instants of its own. Who makes no use of summaries takes it as
    /// any other.
    /// </summary>
    /// <param name="stretches">In time order, at least one sample in all.</param>
    void Summarised(Labels labels, IReadOnlyList<SeriesStretch> stretches)
    {
        var (times, values) = SeriesStretch.Joined(stretches);
        Instants(times);
        Series(labels, values);
    }
}
