using Vigie.Core.Metrics;
using Vigie.PromQL.Testing;

namespace Vigie.Tests.Support;

/// <summary>Series in memory that remember what was asked of them, and run a hook before each answer.</summary>
sealed class SeriesDouble : ISeriesSource
{
    readonly MemorySeries _series = new();

    public List<SeriesSelection> Asked { get; } = [];

    public Action OnSelect { get; set; } = () => { };

    /// <summary>Values from time 0 on, one each <paramref name="stepMs"/>.</summary>
    public SeriesDouble Add(Labels labels, long stepMs, params ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
            _series.Add(labels, i * stepMs, values[i]);
        return this;
    }

    public ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(SeriesSelection selection, CancellationToken ct)
    {
        Asked.Add(selection);
        OnSelect();
        ct.ThrowIfCancellationRequested();
        return _series.SelectAsync(selection, ct);
    }

    public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct) =>
        _series.SeriesAsync(selections, ct);
}
