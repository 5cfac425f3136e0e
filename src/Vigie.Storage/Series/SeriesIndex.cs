using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// All series in memory: by label set for the writer, by label for queries. Guarded by the memory's lock.
/// </summary>
sealed class SeriesIndex
{
    readonly HashSet<SeriesEntry> _byLabels = new(SeriesLabels.Instance);
    readonly SeriesByNumber _byId = new();
    readonly Dictionary<string, Dictionary<string, List<SeriesEntry>>> _postings = new(StringComparer.Ordinal);
    int _gone;

    public int Count => _byId.Count;

    public IEnumerable<SeriesEntry> All => _byId.All;

    public SeriesEntry? Find(Labels labels) =>
        _byLabels.GetAlternateLookup<Labels>().TryGetValue(labels, out var entry) ? entry : null;

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
        var others = matchers.Where(m => !ReferenceEquals(m, walked)).ToArray();
        foreach (var list in least)
            foreach (var entry in list)
                if (!entry.IsGone && Holds(others, entry.Labels))
                    found.Add(entry);
        return found;
    }

    static bool Holds(LabelMatcher[] matchers, Labels labels)
    {
        foreach (var matcher in matchers)
            if (!matcher.Matches(labels))
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
    sealed class SeriesLabels : IEqualityComparer<SeriesEntry>, IAlternateEqualityComparer<Labels, SeriesEntry>
    {
        public static readonly SeriesLabels Instance = new();

        public bool Equals(SeriesEntry? a, SeriesEntry? b) => ReferenceEquals(a, b) || (a is not null && a.Labels.Equals(b?.Labels));

        public bool Equals(Labels alternate, SeriesEntry entry) => alternate.Equals(entry.Labels);

        public int GetHashCode(SeriesEntry entry) => entry.Labels.GetHashCode();

        public int GetHashCode(Labels alternate) => alternate.GetHashCode();

        public SeriesEntry Create(Labels alternate) => throw new NotSupportedException("an entry is more than its labels");
    }
}
