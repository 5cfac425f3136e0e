namespace Vigie.Core.Metrics;

/// <summary>Which samples a query wants.</summary>
/// <param name="Matchers">All must hold. At least one must not match the empty string.</param>
/// <param name="FromMs">First instant, Unix milliseconds, inclusive.</param>
/// <param name="ToMs">Last instant, Unix milliseconds, inclusive.</param>
/// <param name="StepMs">Distance of the instants asked for; 0 for a single one. A hint: a source may answer from rollups.</param>
public sealed record SeriesSelection(IReadOnlyList<LabelMatcher> Matchers, long FromMs, long ToMs, long StepMs = 0)
{
    /// <summary>Most series and samples that the asker has use for: a source stops reading when there are more.</summary>
    public long MaxSeries { get; init; } = long.MaxValue;

    public long MaxSamples { get; init; } = long.MaxValue;

    /// <summary>
    /// Only the latest sample of each series is of use. A hint: a source may hand on others, too, as long as the latest comes last.
    /// </summary>
    public bool LatestOnly { get; init; }

    /// <summary>What is of use where the samples themselves are gone. A hint: see <see cref="ISeriesPart.Summarised"/>.</summary>
    public Summaries Summaries { get; init; }

    /// <summary>Most threads that may read at once. A hint.</summary>
    public int Workers { get; init; } = 1;
}

/// <summary>There is more than the selection allows.</summary>
/// <param name="ofSeries">Whether it was the series that were too many, and not the samples.</param>
public sealed class SelectionTooLargeException(bool ofSeries)
    : Exception(ofSeries ? "the selection has more series than are allowed" : "the selection has more samples than are allowed")
{
    public bool OfSeries { get; } = ofSeries;
}

/// <summary>A series and its samples in time order, one per instant.</summary>
public sealed record SeriesSamples(Labels Labels, ReadOnlyMemory<long> TimesMs, ReadOnlyMemory<double> Values);

/// <summary>Where queries read: monitoring.db, or an engine behind the Prometheus HTTP API.</summary>
public interface ISeriesSource
{
    /// <summary>The series that match and have a sample in the range, in no particular order.</summary>
    /// <exception cref="SelectionTooLargeException">There are more than the selection allows.</exception>
    ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(SeriesSelection selection, CancellationToken ct);

    /// <summary>
    /// The same, handed on as it is read. How it is split into parts, and in which order the series of a part come, depends on the
    /// data and the selection alone, not on the number of workers.
    /// </summary>
    async ValueTask ReadAsync(SeriesSelection selection, ISeriesSink sink, CancellationToken ct)
    {
        var part = sink.Split(1)[0];
        foreach (var series in await SelectAsync(selection, ct))
        {
            part.Instants(series.TimesMs);
            part.Series(series.Labels, series.Values.Span);
        }
    }

    /// <summary>The label sets that match any of the selections and have a sample in its range.</summary>
    ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct);
}
