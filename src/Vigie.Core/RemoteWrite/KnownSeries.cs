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

/// <summary>
/// A series as it was seen on the wire. It is found by the bytes of its labels, as version 1.0 spells them. There are as many of
/// these as of series, so it is one object, and the table's chains go through it.
/// </summary>
sealed class KnownSeries : Series
{
    readonly byte[] _key;
    readonly bool _isFallback;

    /// <param name="isFallback">The host's name is the one that the sender did not tell.</param>
    public KnownSeries(SeriesKey key, bool isFallback, Labels labels, KnownHost host, KnownMetric metric) : base(labels, metric.Info)
    {
        _key = key.Bytes.ToArray();
        (Hash, _isFallback, Host, Shared) = ((int)key.Hash, isFallback, host, metric);
    }

    KnownSeries(KnownSeries before) : base(before.Labels, before.Shared.Info)
    {
        _key = before._key;
        (Hash, _isFallback, Host, Shared) = (before.Hash, before._isFallback, before.Host, before.Shared);
        (SeenMs, Next, IsDeclared) = (before.SeenMs, before.Next, before.IsDeclared);
    }

    public ReadOnlySpan<byte> Key => _key;

    /// <summary>Read from the key when they are needed again: the store has its own by then.</summary>
    public override Labels Labels => Kept ?? SeriesLabels.Again(_key, Host.Name, Shared.Texts);

    private protected override void OnStored() => Kept = null;

    public int Hash { get; }

    public KnownHost Host { get; }

    /// <summary>What it has in common with the series of its name.</summary>
    public KnownMetric Shared { get; }

    /// <summary>The next one in the table whose hash leads to the same place. The table's.</summary>
    public KnownSeries? Chained { get; set; }

    /// <summary>
    /// The series that followed this one in the last request that held both. Senders hardly change their order, so this is the
    /// first guess, and it costs one comparison of bytes where the table costs a hash and a walk.
    /// </summary>
    public KnownSeries? Next { get; set; }

    /// <summary>Its metric's type has come with it in version 2.0, and need not be read again.</summary>
    public bool IsDeclared { get; set; }

    /// <summary>No longer in the table: it must not be found by a guess, or it would live for ever and count nowhere.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>False when its metric was declared since.</summary>
    public bool IsCurrent => ReferenceEquals(Metric, Shared.Info);

    /// <summary>Two nameless senders may send the same labels, so the fallback is part of the identity.</summary>
    public bool IsOf(string fallback) => !_isFallback || string.Equals(Host.Name, fallback, StringComparison.Ordinal);

    public bool Is(SeriesKey key) => (int)key.Hash == Hash && key.Bytes.SequenceEqual(_key) && IsOf(key.Fallback);

    public bool IsSameAs(KnownSeries other) => ReferenceEquals(this, other)
        || (Hash == other.Hash && _isFallback == other._isFallback && IsOf(other.Host.Name) && Key.SequenceEqual(other.Key));

    /// <summary>What stands in its place once its metric was declared: a new object, so that the store hears of it.</summary>
    public KnownSeries Redeclared() => new(this);

    public void Drop()
    {
        IsDropped = true;
        Next = null; // or one pointer to a dropped series would keep a chain of them in memory
    }
}

/// <summary>A key that is looked for.</summary>
readonly ref struct SeriesKey(ReadOnlySpan<byte> bytes, string fallback)
{
    public readonly ReadOnlySpan<byte> Bytes = bytes;
    public readonly string Fallback = fallback;
    public readonly ulong Hash = ByteHash.Of(bytes);
}
