using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// The samples of all hosts, as rows of monitoring.db. The label sets are held in memory; samples are read by series and
/// time.
/// </summary>
public sealed class MetricStore(Database database, TimeProvider time, RetentionOptions retention) : ISampleWriter,
    ISeriesSource, IStoreSchema
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 samples", """
            CREATE TABLE metric(name TEXT PRIMARY KEY, declared TEXT NOT NULL, unit TEXT NOT NULL, kind INTEGER NOT NULL, help TEXT NOT NULL) STRICT;
            CREATE TABLE series(id INTEGER PRIMARY KEY AUTOINCREMENT, labels TEXT NOT NULL UNIQUE) STRICT;
            -- value: REAL, or the 8 bytes of a NaN, which SQLite would store as NULL
            CREATE TABLE sample(series INTEGER NOT NULL, time_ms INTEGER NOT NULL, value NOT NULL, PRIMARY KEY(series, time_ms)) WITHOUT ROWID;
            """),
        new("2026-11-22 series deleted", """
            -- one row: how many series were ever deleted, so that a process learns cheaply that another one has deleted some
            CREATE TABLE series_deleted(id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL) STRICT;
            INSERT INTO series_deleted VALUES(1, 0);
            CREATE TRIGGER count_series_deleted AFTER DELETE ON series BEGIN UPDATE series_deleted SET count = count + 1; END;
            """),
    ];

    /// <summary>Series cleaned in one transaction: few, so that writers wait little.</summary>
    const int SeriesTogether = 16;

    readonly SeriesIndex _index = new();

    public async ValueTask<WriteResult> WriteAsync(SampleBatch batch, CancellationToken ct)
    {
        if (batch.Count == 0)
            return default;
        long oldest = (time.GetUtcNow() - retention.Raw).ToUnixTimeMilliseconds();
        SeriesIndex.Additions additions = null!;
        var result = await database.WriteAsync((connection, transaction) =>
        {
            additions = _index.Begin(connection);
            return Insert(connection, transaction, additions, batch, oldest);
        }, ct);
        additions.Publish();
        return result;
    }

    WriteResult Insert(SqliteConnection connection, SqliteTransaction transaction, SeriesIndex.Additions additions,
        SampleBatch batch, long oldest)
    {
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText =
            "INSERT INTO sample VALUES($s, $t, $v) ON CONFLICT DO UPDATE SET value = excluded.value WHERE value IS NOT excluded.value";
        var (s, t, v) = (insert.Parameters.Add("$s", SqliteType.Integer), insert.Parameters.Add("$t", SqliteType.Integer),
            insert.Parameters.Add("$v", SqliteType.Real));
        int written = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.TimesMs[i] < oldest)
                continue;
            s.Value = additions.NumberOf(batch.Series[i]);
            t.Value = batch.TimesMs[i];
            double value = batch.Values[i];
            (v.SqliteType, v.Value) = double.IsNaN(value)
                ? (SqliteType.Blob, BitConverter.GetBytes(value))
                : (SqliteType.Real, (object)value);
            insert.ExecuteNonQuery();
            written++;
        }
        int refused = batch.Count - written;
        return new(written, refused,
            refused == 0 ? null : $"{refused} refused: older than the history kept ({retention.Raw.TotalDays:0.#} days, Retention:Raw)");
    }

    public ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(SeriesSelection selection, CancellationToken ct) =>
        new(database.Read(connection =>
        {
            _index.Refresh(connection);
            using var select = new SampleReader(connection);
            var found = new List<SeriesSamples>();
            foreach (var (id, labels) in _index.Find(selection.Matchers))
            {
                ct.ThrowIfCancellationRequested();
                if (select.Read(id, selection.FromMs, selection.ToMs) is { } samples)
                    found.Add(new(labels, samples.Times, samples.Values));
            }
            return (IReadOnlyList<SeriesSamples>)found;
        }));

    public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct) =>
        new(database.Read(connection =>
        {
            _index.Refresh(connection);
            var found = new HashSet<Labels>();
            using var any = connection.CreateCommand();
            any.CommandText = "SELECT 1 FROM sample WHERE series = $s AND time_ms BETWEEN $from AND $to LIMIT 1";
            var (s, from, to) = (any.Parameters.Add("$s", SqliteType.Integer), any.Parameters.Add("$from", SqliteType.Integer),
                any.Parameters.Add("$to", SqliteType.Integer));
            foreach (var selection in selections)
            {
                (from.Value, to.Value) = (selection.FromMs, selection.ToMs);
                foreach (var (id, labels) in _index.Find(selection.Matchers))
                {
                    ct.ThrowIfCancellationRequested();
                    s.Value = id;
                    if (!found.Contains(labels) && any.ExecuteScalar() is not null)
                        found.Add(labels);
                }
            }
            return (IReadOnlyList<Labels>)[.. found];
        }));

    /// <summary>What each metric is, by stored name.</summary>
    public IReadOnlyDictionary<string, MetricInfo> Metrics() => database.Read(connection =>
        connection.Query<(string Name, string Declared, string Unit, long Kind, string Help)>(
            "SELECT name, declared, unit, kind, help FROM metric")
            .ToDictionary(m => m.Name, m => new MetricInfo(m.Declared, m.Unit, (MetricKind)m.Kind, m.Help), StringComparer.Ordinal));

    /// <summary>Deletes what is older, in small transactions, and gives the file's space back. Returns the samples deleted.</summary>
    public async Task<long> DeleteBeforeAsync(DateTimeOffset cut, IProgress<double>? progress, CancellationToken ct)
    {
        long cutMs = cut.ToUnixTimeMilliseconds(), deleted = 0;
        var ids = database.Read(connection => connection.Query<long>("SELECT id FROM series ORDER BY id").AsList());
        for (int i = 0; i < ids.Count; i += SeriesTogether)
        {
            var some = ids.GetRange(i, Math.Min(SeriesTogether, ids.Count - i));
            deleted += await database.WriteAsync((connection, transaction) =>
                some.Sum(id =>
                    connection.Execute("DELETE FROM sample WHERE series = @id AND time_ms < @cutMs", new { id, cutMs }, transaction)), ct);
            progress?.Report((i + (double)some.Count) / ids.Count);
        }
        if (deleted > 0)
        {
            await database.WriteAsync((connection, transaction) =>
            {
                connection.Execute("DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM sample WHERE series = series.id)",
                    transaction: transaction);
            }, ct);
            await GiveBackAsync(ct);
        }
        return deleted;
    }

    /// <summary>A part at a time, so that writers get their turn.</summary>
    async Task GiveBackAsync(CancellationToken ct)
    {
        for (long before = long.MaxValue, free = long.MaxValue - 1; free > 0 && free < before;)
        {
            before = free;
            await database.MaintainAsync(connection =>
            {
                Database.Execute(connection, "PRAGMA incremental_vacuum(4096)");
                free = Database.Scalar<long>(connection, "PRAGMA freelist_count");
            }, ct);
        }
        await database.MaintainAsync(connection => Database.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)"), ct);
    }

    /// <summary>Removes a host's series and samples.</summary>
    public async Task<long> DeleteHostAsync(string host, CancellationToken ct)
    {
        var matcher = new LabelMatcher("host", MatchKind.Equal, host);
        return await database.WriteAsync((connection, transaction) =>
        {
            _index.Refresh(connection);
            long deleted = 0;
            foreach (var (id, _) in _index.Find([matcher]).ToList())
            {
                deleted += connection.Execute("DELETE FROM sample WHERE series = @id", new { id }, transaction);
                connection.Execute("DELETE FROM series WHERE id = @id", new { id }, transaction);
            }
            return deleted;
        }, ct);
    }

    public (long Series, long Samples) Count() => database.Read(connection =>
        (connection.ExecuteScalar<long>("SELECT count(*) FROM series"), connection.ExecuteScalar<long>("SELECT count(*) FROM sample")));
}
