using Vigie.Core.Metrics;

namespace Vigie.PromQL.Testing;

/// <summary>Series in memory, for scripts and tests. A second sample at the same time replaces the first.</summary>
public sealed class MemorySeries : ISeriesSource
{
    readonly Dictionary<Labels, SortedList<long, double>> _series = [];

    public void Add(Labels labels, long timeMs, double value)
    {
        if (!_series.TryGetValue(labels, out var samples))
            _series.Add(labels, samples = []);
        samples[timeMs] = value;
    }

    public void Clear() => _series.Clear();

    public ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(SeriesSelection selection, CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyList<SeriesSamples>>([.. Selected(selection)]);

    public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyList<Labels>>([.. selections.SelectMany(Selected).Select(s => s.Labels).Distinct()]);

    IEnumerable<SeriesSamples> Selected(SeriesSelection selection)
    {
        foreach (var (labels, samples) in _series)
        {
            if (!selection.Matchers.All(m => m.Matches(labels)))
                continue;
            int from = First(samples.Keys, selection.FromMs), to = First(samples.Keys, selection.ToMs + 1);
            if (from < to)
            {
                yield return new(labels,
                    samples.Keys.Skip(from).Take(to - from).ToArray(), samples.Values.Skip(from).Take(to - from).ToArray());
            }
        }
    }

    /// <summary>Index of the first time that is not before the one given.</summary>
    static int First(IList<long> times, long timeMs)
    {
        int low = 0, high = times.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = times[middle] < timeMs ? (middle + 1, high) : (low, middle);
        }
        return low;
    }
}
