namespace Vigie.Core.Metrics;

/// <summary>Which samples a query wants.</summary>
/// <param name="Matchers">All must hold. At least one must not match the empty string.</param>
/// <param name="FromMs">First instant, Unix milliseconds, inclusive.</param>
/// <param name="ToMs">Last instant, Unix milliseconds, inclusive.</param>
/// <param name="StepMs">Distance of the instants asked for; 0 for a single one. A hint: a source may answer from rollups.</param>
public sealed record SeriesSelection(IReadOnlyList<LabelMatcher> Matchers, long FromMs, long ToMs, long StepMs = 0);

/// <summary>A series and its samples in time order, one per instant.</summary>
public sealed record SeriesSamples(Labels Labels, ReadOnlyMemory<long> TimesMs, ReadOnlyMemory<double> Values);

/// <summary>Where queries read: monitoring.db, or an engine behind the Prometheus HTTP API.</summary>
public interface ISeriesSource
{
    /// <summary>The series that match and have a sample in the range, in no particular order.</summary>
    ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(SeriesSelection selection, CancellationToken ct);

    /// <summary>The label sets that match any of the selections and have a sample in its range.</summary>
    ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct);
}
