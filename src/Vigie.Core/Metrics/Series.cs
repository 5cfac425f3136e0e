namespace Vigie.Core.Metrics;

/// <summary>
/// A series as a writer knows it: its labels and what its metric is. Readers of the wire keep one object per series they
/// have seen, so a store can hang its own number on it and never look the labels up again.
/// </summary>
public class Series(Labels labels, MetricInfo metric)
{
    public virtual Labels Labels => Kept!;

    /// <summary>Null once a store knows a series that can make its labels anew.</summary>
    private protected Labels? Kept { get; set; } = labels;

    /// <summary>The metric under its stored name's declaration.</summary>
    public MetricInfo Metric { get; } = metric;

    /// <summary>What the store last knew this series by. Only the store that set it can read it, and it checks that it is its own.</summary>
    public object? StoreSlot
    {
        get;
        set
        {
            field = value;
            OnStored();
        }
    }

    private protected virtual void OnStored()
    {
    }

    /// <summary>When the reader that keeps this object last met it, Unix milliseconds of this machine.</summary>
    internal long SeenMs { get; set; }
}

/// <summary>Samples on their way to a store, as columns. Reused from batch to batch.</summary>
public sealed class SampleBatch
{
    Series[] _series = new Series[256];
    long[] _times = new long[256];
    double[] _values = new double[256];

    public int Count { get; private set; }

    public ReadOnlySpan<Series> Series => _series.AsSpan(0, Count);

    /// <summary>Unix milliseconds.</summary>
    public ReadOnlySpan<long> TimesMs => _times.AsSpan(0, Count);

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    public void Add(Series series, long timeMs, double value)
    {
        if (Count == _series.Length)
        {
            Array.Resize(ref _series, Count * 2);
            Array.Resize(ref _times, Count * 2);
            Array.Resize(ref _values, Count * 2);
        }
        _series.AsSpan()[Count] = series; // a span knows its type: an array asks what kind of series it is given
        _times[Count] = timeMs;
        _values[Count++] = value;
    }

    public void Clear() => Count = 0;
}
