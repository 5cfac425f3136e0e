namespace Vigie.Core.RemoteWrite;

/// <summary>
/// A hash table of series that chains the series themselves: a general one holds an object of its own for each, half as large
/// as the series. Finding one takes no lock. A change that overtakes it may hide a series that is there, so what is not found is
/// looked for again behind the lock.
/// </summary>
sealed class SeriesChains
{
    readonly Lock _changing = new();
    KnownSeries?[] _heads = new KnownSeries?[64];
    int _count;

    public int Count => Volatile.Read(ref _count);

    public KnownSeries? Find(SeriesKey key)
    {
        if (Look(key) is { } found)
            return found;
        lock (_changing)
            return Look(key);
    }

    KnownSeries? Look(SeriesKey key)
    {
        var heads = Volatile.Read(ref _heads);
        for (var at = Volatile.Read(ref heads[Place(heads, (int)key.Hash)]); at is not null; at = at.Chained)
            if (at.Is(key))
                return at;
        return null;
    }

    /// <summary>The one that is there, or the new one.</summary>
    public KnownSeries GetOrAdd(KnownSeries series)
    {
        lock (_changing)
        {
            if (Same(series) is { } known)
                return known;
            if (_count >= _heads.Length)
                Grow();
            Link(_heads, series);
            Volatile.Write(ref _count, _count + 1);
            return series;
        }
    }

    /// <summary>Puts a new object in the place of a series whose metric was declared since.</summary>
    public KnownSeries Redeclare(KnownSeries series)
    {
        lock (_changing)
        {
            if (Same(series) is not { } known)
            {
                // Dropped meanwhile: what stands for it lives as long as its request.
                var last = series.Redeclared();
                last.Drop();
                return last;
            }
            if (known.IsCurrent)
                return known;
            var current = known.Redeclared();
            Unlink(known);
            Link(_heads, current);
            return current;
        }
    }

    /// <returns>What was removed.</returns>
    public List<KnownSeries> RemoveAll(Predicate<KnownSeries> isGone)
    {
        var gone = new List<KnownSeries>();
        lock (_changing)
        {
            foreach (var head in _heads)
                for (var at = head; at is not null; at = at.Chained)
                    if (isGone(at))
                        gone.Add(at);
            gone.ForEach(Unlink);
            Volatile.Write(ref _count, _count - gone.Count);
        }
        return gone;
    }

    KnownSeries? Same(KnownSeries series)
    {
        for (var at = _heads[Place(_heads, series.Hash)]; at is not null; at = at.Chained)
            if (at.IsSameAs(series))
                return at;
        return null;
    }

    /// <summary>A reader in the midst of it finds an end in any case: each series is moved once, to where all are in order.</summary>
    void Grow()
    {
        var wider = new KnownSeries?[_heads.Length * 2];
        foreach (var head in _heads)
            for (var at = head; at is not null;)
            {
                var next = at.Chained;
                Link(wider, at);
                at = next;
            }
        Volatile.Write(ref _heads, wider);
    }

    static void Link(KnownSeries?[] heads, KnownSeries series)
    {
        ref var head = ref heads[Place(heads, series.Hash)];
        series.Chained = head;
        Volatile.Write(ref head, series);
    }

    /// <summary>Keeps its own link, so that a reader who stands on it goes on.</summary>
    void Unlink(KnownSeries series)
    {
        ref var head = ref _heads[Place(_heads, series.Hash)];
        if (ReferenceEquals(head, series))
            head = series.Chained;
        else
            for (var at = head; at is not null; at = at.Chained)
                if (ReferenceEquals(at.Chained, series))
                    at.Chained = series.Chained;
        series.Drop();
    }

    static int Place(KnownSeries?[] heads, int hash) => hash & (heads.Length - 1);
}
