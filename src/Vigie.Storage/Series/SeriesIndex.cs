using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// All series in memory: by label set for the writer, by label for queries. Guarded by the memory's lock.
/// </summary>
sealed class SeriesIndex(Symbols symbols)
{
    readonly HashSet<SeriesEntry> _byLabels = new(PackedLabels.Instance);
    readonly ByteBuffer _packed = new();
    readonly SeriesByNumber _byId = new();
    readonly Dictionary<string, Dictionary<string, List<SeriesEntry>>> _postings = new(StringComparer.Ordinal);
    int _gone;

    public int Count => _byId.Count;

    public IEnumerable<SeriesEntry> All => _byId.All;

    /// <summary>A label set with a word that is not known is that of no series.</summary>
    public SeriesEntry? Find(Labels labels) => symbols.TryPack(labels, _packed)
        && _byLabels.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(_packed.Written, out var entry) ? entry : null;

    public SeriesEntry? Find(long id) => _byId.Find(id);

    public void Add(SeriesEntry entry)
    {
        if (!_byLabels.Add(entry))
            throw new ArgumentException($"there are two series {entry.Labels}", nameof(entry));
        _byId.Add(entry);
        foreach (var label in entry.Labels.Span)
        {
            if (!_postings.TryGetValue(label.Name, out var values))
                _postings[label.Name] = values = new(StringComparer.Ordinal);
            if (!values.TryGetValue(label.Value, out var list))
                values[label.Value] = list = new(1);
            list.Add(entry);
        }
    }

    public void Remove(SeriesEntry entry)
    {
        if (!_byId.Remove(entry.Id))
            return;
        _byLabels.Remove(entry);
        entry.IsGone = true;
        entry.Group.Members.Remove(entry);
        // Lists are swept when a good part of them is gone: taking each out of each list would be quadratic.
        if (++_gone > 1_000 + (_byId.Count / 4))
            Sweep();
    }

    void Sweep()
    {
        foreach (var (name, values) in _postings.ToList())
        {
            foreach (var (value, list) in values.ToList())
                if (list.RemoveAll(e => e.IsGone) > 0 && list.Count == 0)
                    values.Remove(value);
            if (values.Count == 0)
                _postings.Remove(name);
        }
        _gone = 0;
    }

    /// <summary>The series for which every matcher holds.</summary>
    public List<SeriesEntry> Find(IReadOnlyList<LabelMatcher> matchers)
    {
        // The matcher with the fewest series is walked, and the others are asked about each of them.
        List<List<SeriesEntry>>? least = null;
        long fewest = long.MaxValue;
        LabelMatcher? walked = null;
        foreach (var matcher in matchers.OrderBy(m => m.Kind))
        {
            if (matcher.Matches(""))
                continue; // series without the label match, too, and no list has them
            if (matcher.Kind != MatchKind.Equal && fewest < 1_000)
                break; // cheaper to ask each than to try a pattern on every value there is
            var lists = Lists(matcher);
            long size = lists.Sum(l => (long)l.Count);
            if (size < fewest)
                (least, fewest, walked) = (lists, size, matcher);
        }
        least ??= [[.. _byId.All]];
        var found = new List<SeriesEntry>();
        var others = matchers.Where(m => !ReferenceEquals(m, walked))
            .Select(m => (m, symbols.TryFind(m.Name, out int name) ? name : -1)).ToArray();
        foreach (var list in least)
            foreach (var entry in list)
                if (!entry.IsGone && Holds(others, entry))
                    found.Add(entry);
        return found;
    }

    bool Holds((LabelMatcher Matcher, int Name)[] matchers, SeriesEntry entry)
    {
        foreach (var (matcher, name) in matchers)
            if (!matcher.Matches(symbols.Value(entry.Packed, name)))
                return false;
        return true;
    }

    List<List<SeriesEntry>> Lists(LabelMatcher matcher)
    {
        if (!_postings.TryGetValue(matcher.Name, out var values))
            return [];
        if (matcher.Kind == MatchKind.Equal)
            return values.TryGetValue(matcher.Value, out var list) ? [list] : [];
        return [.. values.Where(v => matcher.Matches(v.Key)).Select(v => v.Value)];
    }

    /// <summary>The entry stands for its labels, so that the table holds one pointer for each.</summary>
    sealed class PackedLabels : IEqualityComparer<SeriesEntry>, IAlternateEqualityComparer<ReadOnlySpan<byte>, SeriesEntry>
    {
        public static readonly PackedLabels Instance = new();

        public bool Equals(SeriesEntry? a, SeriesEntry? b) =>
            ReferenceEquals(a, b) || (a is not null && b is not null && a.Packed.SequenceEqual(b.Packed));

        public bool Equals(ReadOnlySpan<byte> alternate, SeriesEntry entry) => alternate.SequenceEqual(entry.Packed);

        public int GetHashCode(SeriesEntry entry) => GetHashCode(entry.Packed);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public SeriesEntry Create(ReadOnlySpan<byte> alternate) => throw new NotSupportedException("an entry is more than its labels");
    }
}
