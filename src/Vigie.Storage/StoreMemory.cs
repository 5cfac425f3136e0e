using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// What monitoring.db holds, in memory: the series, the samples that are in the journal only (the head), and which blocks
/// there are. When another process has sealed or deleted, a new picture is made from the file.
/// </summary>
sealed class StoreMemory
{
    readonly Dictionary<string, List<SeriesGroup>> _byHost = new(StringComparer.Ordinal);

    /// <summary>Guards everything reachable from here.</summary>
    public Lock Lock { get; } = new();

    public Symbols Symbols { get; } = new();

    public SeriesIndex Index { get; }

    public StoreMemory() => Index = new(Symbols);

    public Dictionary<int, SeriesGroup> Groups { get; } = [];

    /// <summary>By stored name. Another process may have declared one since: then it is declared again here.</summary>
    public Dictionary<string, MetricInfo> Metrics { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts every change of blocks or removal of series in the file.</summary>
    public long Version { get; private set; }

    /// <summary>The last row of the journal whose samples are in the head.</summary>
    public long JournalEnd { get; set; }

    /// <summary>Numbers never used before; none is used twice, not even after a deletion.</summary>
    public Numbers Next { get; set; }

    /// <summary>Samples of the head, those that are being sealed included.</summary>
    public long HeadSamples { get; set; }

    /// <summary>The oldest of the journal's rows came at that time of this machine's clock; null when there is none.</summary>
    public DateTimeOffset? OldestRow { get; set; }

    public IEnumerable<SeriesGroup> GroupsOf(string host) => _byHost.TryGetValue(host, out var groups) ? groups : [];

    /// <summary>Reads the whole picture. To be called inside a transaction, so that it is one state of the file.</summary>
    public static StoreMemory Load(SqliteConnection connection, DateTimeOffset now)
    {
        var memory = new StoreMemory();
        (memory.Version, memory.Next) = StoreState.Read(connection);
        foreach (var (id, text) in connection.Query<(int, string)>("SELECT id, text FROM symbol", buffered: false))
            memory.Symbols.Add(id, text);
        memory.AddSeriesFrom(connection, 0);
        foreach (var (name, metric) in SeriesTable.Metrics(connection))
            memory.Metrics.Add(name, metric);
        foreach (var group in BlockTable.All(connection).GroupBy(b => b.Group))
            if (memory.Groups.TryGetValue(group.Key, out var known))
                known.Replace([], [.. group]);
        memory.Replay(connection, now);
        return memory;
    }

    /// <summary>What another process has appended since: words, series and rows of the journal.</summary>
    public void Follow(SqliteConnection connection, DateTimeOffset now)
    {
        foreach (var (id, text) in connection.Query<(int, string)>("SELECT id, text FROM symbol WHERE id >= @Next", new { Symbols.Next }))
            Symbols.Add(id, text);
        AddSeriesFrom(connection, Next.Series);
        Replay(connection, now);
        Next = StoreState.Read(connection).Next;
    }

    void AddSeriesFrom(SqliteConnection connection, long from)
    {
        var packed = new ByteBuffer();
        foreach (var (id, number, bytes) in connection.Query<(long, long, byte[])>(
            "SELECT id, grp, labels FROM series WHERE id >= @from ORDER BY id", new { from }, buffered: false))
        {
            var labels = Symbols.Read(bytes, id);
            if (!Groups.TryGetValue((int)number, out var group))
                Add(group = new((int)number, HostOf(labels), this));
            Symbols.TryPack(labels, packed);
            // The file's bytes are these as a rule; who has written them otherwise must not make a second series.
            Add(new SeriesEntry(id, packed.Written.SequenceEqual(bytes) ? bytes : packed.Written.ToArray(), group));
        }
    }

    void Replay(SqliteConnection connection, DateTimeOffset now)
    {
        long end = JournalEnd;
        foreach (var (id, row) in JournalTable.After(connection, end))
        {
            try
            {
                JournalCodec.Read(row, (series, timeMs, value) =>
                {
                    if (Index.Find(series) is { } entry)
                        HeadSamples += entry.Group.Set(entry, timeMs, value);
                });
            }
            catch (FormatException e)
            {
                throw new DatabaseException($"row {id} of the journal is damaged: {e.Message}", e);
            }
            JournalEnd = id;
            OldestRow ??= now;
        }
        JournalEnd = Math.Max(JournalEnd, Next.JournalRow - 1);
    }

    public void Add(SeriesGroup group)
    {
        Groups.Add(group.Id, group);
        if (!_byHost.TryGetValue(group.Host, out var groups))
            _byHost[group.Host] = groups = [];
        groups.Add(group);
    }

    public void Add(SeriesEntry entry)
    {
        Index.Add(entry);
        entry.Group.Members.Add(entry);
    }

    public void Remove(SeriesGroup group)
    {
        Groups.Remove(group.Id);
        if (_byHost.TryGetValue(group.Host, out var groups) && groups.Remove(group) && groups.Count == 0)
            _byHost.Remove(group.Host);
    }

    /// <summary>A change of blocks or series that this process has committed.</summary>
    public void Advance(long version) => Version = version;

    /// <summary>The host of a series, as every part of the hub finds it.</summary>
    public static string HostOf(Labels labels) => labels["host"];
}
