using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Storage;

/// <summary>A monitoring.db of its own at a fixed instant, and samples in short.</summary>
sealed class StoreCase : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly long NowMs = Now.ToUnixTimeMilliseconds();

    readonly TempFolder _folder = new();

    /// <summary>Without rollups, so that a series is gone when its samples are.</summary>
    public static readonly StoreLimits RawOnly = new() { FiveMinutes = TimeSpan.Zero, Hour = TimeSpan.Zero };

    readonly StoreLimits _limits;

    readonly TimeProvider _clock;

    /// <param name="clock">Another clock than <see cref="Time"/>.</param>
    public StoreCase(StoreLimits? limits = null, TimeProvider? clock = null)
    {
        _limits = limits ?? new();
        _clock = clock ?? Time;
        (Database, Store) = Open();
    }

    public FakeTimeProvider Time { get; } = new(Now);

    public Database Database { get; private set; }

    public MetricStore Store { get; private set; }

    public string Path => _folder["monitoring.db"];

    public string this[string name] => _folder[name];

    public (Database, MetricStore) Open()
    {
        var database = Database.Open(Path, _clock);
        return (database, new(database, _clock, _limits));
    }

    public void Reopen()
    {
        Close();
        (Database, Store) = Open();
    }

    public void Close()
    {
        Store.Dispose();
        Database.Dispose();
    }

    public static Series Series(string metric, params ReadOnlySpan<(string, string)> labels) =>
        new(Labels.Of(metric, labels), new(metric, "", MetricKind.Gauge, "Help."));

    public static SampleBatch Batch(params ReadOnlySpan<(Series Series, long TimeMs, double Value)> samples)
    {
        var batch = new SampleBatch();
        foreach (var (series, time, value) in samples)
            batch.Add(series, time, value);
        return batch;
    }

    public Task<WriteResult> WriteAsync(string metric, double value, long timeMs = 0) =>
        Store.WriteAsync(Batch((Series(metric), timeMs == 0 ? NowMs : timeMs, value)), default).AsTask();

    public Task<IReadOnlyList<SeriesSamples>> SelectAsync(string metric = ".+") => SelectAsync(Store, metric);

    public static async Task<IReadOnlyList<SeriesSamples>> SelectAsync(MetricStore store, string metric = ".+") =>
        await store.SelectAsync(new([new(Labels.MetricName, MatchKind.Regex, metric)], 0, long.MaxValue), default);

    /// <summary>The values of each series, separated by spaces; series by a semicolon.</summary>
    public async Task<string> ValuesAsync(string metric = ".+") =>
        string.Join("; ", (await SelectAsync(metric)).Select(s => string.Join(' ', s.Values.ToArray())).Order(StringComparer.Ordinal));

    public T Scalar<T>(string sql) => Database.Read(connection => Database.Scalar<T>(connection, sql));

    /// <summary>Sql on a file of any kind, without Vigie.</summary>
    public static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection(Database.ConnectionString(path, SqliteOpenMode.ReadWriteCreate));
        connection.Open();
        Database.Execute(connection, sql);
    }

    public void Dispose()
    {
        Close();
        _folder.Dispose();
    }
}
