using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// One write transaction on its way: the batches of all who wait become one row of the journal, and after the commit they
/// enter the head. Reused from commit to commit; used by whoever holds the database's turn to write.
/// </summary>
sealed class SampleCommit(TimeProvider time, StoreLimits limits) : IDisposable
{
    readonly ByteBuffer _row = new(), _packed = new();
    readonly List<SeriesEntry> _added = [];
    readonly List<SeriesGroup> _groups = [];
    readonly Dictionary<Labels, SeriesEntry> _addedByLabels = [];
    readonly List<(int Number, string Word)> _words = [];
    readonly Dictionary<string, int> _wordNumbers = new(StringComparer.Ordinal);
    readonly Dictionary<string, MetricInfo> _metrics = new(StringComparer.Ordinal);
    readonly Dictionary<SeriesGroup, int> _gained = [];
    SqliteConnection? _connection;
    Statement? _append, _state;
    StoreMemory _memory = null!;
    SeriesEntry?[] _entries = [];
    Numbers _next;
    long _rowNumber;
    int _used;

    /// <summary>In the transaction: the picture that what follows is written against, made anew when another process wrote.</summary>
    public StoreMemory Begin(SqliteConnection connection, StoreMemory memory)
    {
        if (!ReferenceEquals(connection, _connection))
        {
            _connection = connection;
            _append = Statement.Prepare(connection, "INSERT INTO journal VALUES(?, ?)");
            _state = Statement.Prepare(connection, "SELECT version, coalesce((SELECT max(id) FROM journal), next_row - 1) FROM store");
        }
        _memory = Current(connection, memory);
        Clear();
        JournalCodec.Begin(_row);
        _next = _memory.Next;
        return _memory;
    }

    StoreMemory Current(SqliteConnection connection, StoreMemory memory)
    {
        _state!.Next();
        var (version, end) = (_state.Integer(0), _state.Integer(1));
        _state.Reset();
        if (version != memory.Version)
            return StoreMemory.Load(connection, time.GetUtcNow());
        if (end != memory.JournalEnd)
            lock (memory.Lock)
                memory.Follow(connection, time.GetUtcNow());
        return memory;
    }

    /// <summary>Puts a batch into the row. What is older than <paramref name="oldestMs"/> is refused.</summary>
    public WriteResult Add(WaitingBatch waiting, long oldestMs)
    {
        var batch = waiting.Batch;
        if (_entries.Length < _used + batch.Count)
            Array.Resize(ref _entries, Math.Max(_used + batch.Count, _entries.Length * 2));
        var entries = _entries.AsSpan(_used, batch.Count);
        waiting.From = _used;
        _used += batch.Count;
        var series = batch.Series;
        var times = batch.TimesMs;
        var refusals = new Refusals();
        SeriesEntry? before = null;
        long beforeMs = 0;
        for (int i = 0; i < series.Length; i++)
        {
            SeriesEntry? entry = null;
            if (times[i] < oldestMs)
                refusals.TooOld++;
            else if (series[i].StoreSlot is SeriesEntry { IsGone: false } known && ReferenceEquals(known.Memory, _memory))
                entry = known;
            else if ((entry = Resolve(batch, i, beforeMs == times[i] ? before : null)) is null)
                refusals.TooMany++;
            entries[i] = entry;
            if (entry is not null)
                (before, beforeMs) = (entry, times[i]);
        }
        JournalCodec.Append(_row, entries, times, batch.Values);
        return refusals.Result(batch.Count, limits);
    }

    SeriesEntry? Resolve(SampleBatch batch, int at, SeriesEntry? neighbour)
    {
        var series = batch.Series[at];
        var labels = series.Labels; // a reader may make them for each who asks
        lock (_memory.Lock)
        {
            if (_memory.Index.Find(labels) is { } known)
            {
                Declare(labels.Name, series.Metric);
                series.StoreSlot = known;
                return known;
            }
            if (_addedByLabels.TryGetValue(labels, out var added))
                return added;
            if (_memory.Index.Count + _added.Count >= limits.Series)
                return null;
            Declare(labels.Name, series.Metric);
            string host = StoreMemory.HostOf(labels);
            var group = GroupFor(host, (neighbour ?? Companion(batch, at, host))?.Group);
            var entry = new SeriesEntry(_next.Series, Pack(labels), group);
            _next = _next with { Series = _next.Series + 1 };
            _gained[group] = _gained.GetValueOrDefault(group) + 1;
            _added.Add(entry);
            _addedByLabels.Add(labels, entry);
            return entry;
        }
    }

    /// <summary>A known series behind this one that came at the same instant from the same host.</summary>
    SeriesEntry? Companion(SampleBatch batch, int at, string host)
    {
        for (int i = at + 1; i < batch.Count && batch.TimesMs[i] == batch.TimesMs[at]; i++)
            if (batch.Series[i].StoreSlot is SeriesEntry { IsGone: false } entry && ReferenceEquals(entry.Memory, _memory))
                return entry.Group.Host == host ? entry : null;
        return null;
    }

    /// <summary>
    /// What is sent together shares its instants, so a new series joins the group of one that came with it. When that is full,
    /// another group of the host that keeps the same instants, or a new one.
    /// </summary>
    SeriesGroup GroupFor(string host, SeriesGroup? neighbour)
    {
        if (neighbour is not null && neighbour.Host == host)
        {
            if (HasRoom(neighbour))
                return neighbour;
            var alike = _memory.GroupsOf(host).Where(g => g.Live?.LastMs == neighbour.Live?.LastMs);
            if (_groups.Concat(alike).FirstOrDefault(g => g.Host == host && HasRoom(g)) is { } other)
                return other;
        }
        var group = new SeriesGroup(_next.Group, host, _memory);
        _next = _next with { Group = _next.Group + 1 };
        _groups.Add(group);
        return group;
    }

    bool HasRoom(SeriesGroup group) => group.HasRoomFor(_gained.GetValueOrDefault(group) + 1);

    void Declare(string name, MetricInfo metric)
    {
        // One who leaves the help out, as agents do in most of their requests, says nothing against it.
        if (!_metrics.TryGetValue(name, out var known) && !_memory.Metrics.TryGetValue(name, out known)
            || known != (metric.Help.Length > 0 ? metric : metric with { Help = known.Help }))
            _metrics[name] = metric;
    }

    /// <summary>Writes what the batches have brought. Commits nothing.</summary>
    public void Write()
    {
        var connection = _connection!;
        SeriesTable.Insert(connection, _added);
        SeriesTable.Insert(connection, _words);
        SeriesTable.Insert(connection, _metrics);
        if (_added.Count > 0)
            StoreState.Write(connection, _next);
        JournalCodec.End(_row);
        _rowNumber = _memory.JournalEnd + 1;
        _append!.Bind(1, _rowNumber);
        _append.Bind(2, _row.Written);
        _append.Run();
    }

    byte[] Pack(Labels labels)
    {
        _packed.Clear();
        foreach (var label in labels.Span)
        {
            _packed.Varint((ulong)Number(label.Name));
            _packed.Varint((ulong)Number(label.Value));
        }
        return _packed.Written.ToArray();
    }

    int Number(string word)
    {
        if (_memory.Symbols.TryFind(word, out int number) || _wordNumbers.TryGetValue(word, out number))
            return number;
        number = _memory.Symbols.Next + _words.Count;
        _words.Add((number, word));
        _wordNumbers.Add(word, number);
        return number;
    }

    /// <summary>After the commit: from now on queries see the samples.</summary>
    public void Publish(IEnumerable<WaitingBatch> batches)
    {
        lock (_memory.Lock)
        {
            foreach (var (number, word) in _words)
                _memory.Symbols.Add(number, word);
            foreach (var group in _groups)
                _memory.Add(group);
            foreach (var entry in _added)
                _memory.Add(entry);
            foreach (var (name, metric) in _metrics)
                _memory.Metrics[name] = metric;
            foreach (var waiting in batches)
                _memory.HeadSamples += waiting.Enter(_entries);
            _memory.JournalEnd = _rowNumber;
            _memory.Next = _next;
            _memory.OldestRow ??= time.GetUtcNow();
        }
    }

    void Clear()
    {
        _added.Clear();
        _groups.Clear();
        _addedByLabels.Clear();
        _words.Clear();
        _wordNumbers.Clear();
        _metrics.Clear();
        _gained.Clear();
        _used = 0;
    }

    public void Dispose()
    {
        _append?.Dispose();
        _state?.Dispose();
    }

    struct Refusals
    {
        public int TooOld, TooMany;

        public readonly WriteResult Result(int samples, StoreLimits limits)
        {
            int refused = TooOld + TooMany;
            if (refused == 0)
                return new(samples, 0, null);
            var reasons = new List<string>(2);
            if (TooOld > 0)
                reasons.Add($"{TooOld} refused: older than the history kept ({limits.Raw.TotalDays:0.#} days, Retention:Raw)");
            if (TooMany > 0)
                reasons.Add($"{TooMany} refused: the hub keeps no more than {limits.Series} series (Ingest:Series)");
            return new(samples - refused, refused, string.Join("; ", reasons))
            {
                Counts = default(RefusalCounts).With(RefusalKind.Old, TooOld).With(RefusalKind.Series, TooMany),
            };
        }
    }
}
