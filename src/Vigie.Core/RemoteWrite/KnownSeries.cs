using Vigie.Core.Metrics;

namespace Vigie.Core.RemoteWrite;

/// <summary>A host as the label of series, with the count of those that are kept.</summary>
sealed class KnownHost(string name)
{
    int _series;

    public string Name { get; } = name;

    public int SeriesCount => Volatile.Read(ref _series);

    public void Count(int series) => Interlocked.Add(ref _series, series);
}

/// <summary>A series as it was seen on the wire. It is found by the bytes of its labels, as version 1.0 spells them.</summary>
sealed class KnownSeries
{
    readonly byte[] _key;
    Series _series;
    MetricInfo _declared; // kept here, too: looking into the series would cost a cache miss for each sample

    /// <param name="fallback">The host's name that the sender did not tell, null when its labels tell it.</param>
    public KnownSeries(ReadOnlySpan<byte> key, ulong hash, string? fallback, Labels labels, KnownHost host, KnownMetric metric)
    {
        _key = key.ToArray();
        (Hash, Fallback, Host, Metric) = ((int)hash, fallback, host, metric);
        _declared = metric.Info;
        _series = new(labels, _declared);
    }

    public ReadOnlySpan<byte> Key => _key;

    public int Hash { get; }

    public string? Fallback { get; }

    public KnownHost Host { get; }

    public KnownMetric Metric { get; }

    /// <summary>When it was last met, to the minute: Unix milliseconds of this machine.</summary>
    public long SeenMs { get; set; }

    /// <summary>
    /// The series that followed this one in the last request that held both. Senders hardly change their order, so this is the
    /// first guess, and it costs one comparison of bytes where the table costs a hash and a walk.
    /// </summary>
    public KnownSeries? Next { get; set; }

    /// <summary>Its metric's type has come with it in version 2.0, and need not be read again.</summary>
    public bool IsDeclared { get; set; }

    /// <summary>No longer in the table: it must not be found by a guess, or it would live for ever and count nowhere.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>A new object when the metric was declared since, so that the store hears of it.</summary>
    public Series Series => ReferenceEquals(_declared, Metric.Info) ? _series : Declare();

    /// <summary>Two nameless senders may send the same labels, so the fallback is part of the identity.</summary>
    public bool IsOf(string fallback) => Fallback is null || string.Equals(Fallback, fallback, StringComparison.Ordinal);

    public void Drop()
    {
        IsDropped = true;
        Next = null; // or one pointer to a dropped series would keep a chain of them in memory
    }

    Series Declare()
    {
        var info = Metric.Info;
        var series = new Series(_series.Labels, info);
        (_series, _declared) = (series, info);
        return series;
    }
}

/// <summary>A key that is looked for.</summary>
readonly ref struct SeriesKey(ReadOnlySpan<byte> bytes, string fallback)
{
    public readonly ReadOnlySpan<byte> Bytes = bytes;
    public readonly string Fallback = fallback;
    public readonly ulong Hash = ByteHash.Of(bytes);
}

sealed class SeriesKeys : IEqualityComparer<KnownSeries>, IAlternateEqualityComparer<SeriesKey, KnownSeries>
{
    public static readonly SeriesKeys Instance = new();

    public bool Equals(KnownSeries? x, KnownSeries? y) => ReferenceEquals(x, y)
        || (x is not null && y is not null && x.Hash == y.Hash && x.Fallback == y.Fallback && x.Key.SequenceEqual(y.Key));

    public bool Equals(SeriesKey alternate, KnownSeries other) =>
        (int)alternate.Hash == other.Hash && other.IsOf(alternate.Fallback) && alternate.Bytes.SequenceEqual(other.Key);

    public int GetHashCode(KnownSeries series) => series.Hash;

    public int GetHashCode(SeriesKey alternate) => (int)alternate.Hash;

    public KnownSeries Create(SeriesKey alternate) => throw new NotSupportedException("a series is made of its labels, not of its key");
}
