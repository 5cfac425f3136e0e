using System.Buffers.Binary;
using Microsoft.Extensions.Time.Testing;
using SQLitePCL;
using Vigie.Core.Metrics;
using Vigie.Storage;
using Vigie.Tests.Faults;
using Vigie.Tests.Support;

namespace Vigie.Tests.Storage;

/// <summary>A file from before there were blocks, with a row a sample, is taken over when it is opened.</summary>
public sealed class OldSamplesTests : IDisposable
{
    /// <summary>As the first two steps of the schema made it.</summary>
    const string OldSchema = """
        PRAGMA auto_vacuum=INCREMENTAL;
        PRAGMA application_id=1447642953;
        CREATE TABLE migration(id TEXT PRIMARY KEY, applied_ms INTEGER NOT NULL) STRICT;
        INSERT INTO migration VALUES('2026-11-22 samples', 1), ('2026-11-22 series deleted', 1);
        CREATE TABLE metric(name TEXT PRIMARY KEY, declared TEXT NOT NULL, unit TEXT NOT NULL, kind INTEGER NOT NULL, help TEXT NOT NULL)
            STRICT;
        CREATE TABLE series(id INTEGER PRIMARY KEY AUTOINCREMENT, labels TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE sample(series INTEGER NOT NULL, time_ms INTEGER NOT NULL, value NOT NULL, PRIMARY KEY(series, time_ms)) WITHOUT ROWID;
        CREATE TABLE series_deleted(id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL) STRICT;
        INSERT INTO series_deleted VALUES(1, 0);
        CREATE TRIGGER count_series_deleted AFTER DELETE ON series BEGIN UPDATE series_deleted SET count = count + 1; END;
        INSERT INTO metric VALUES('m', 'm', 'By', 0, 'Help.');
        INSERT INTO series(id, labels) VALUES(3, '{"__name__":"m","host":"a","path":"C:\\\u00e9"}'),
            (7, '{"__name__":"m","host":"b"}'), (8, '{"__name__":"unknown","host":"b"}');
        """;

    readonly TempFolder _folder = new();
    readonly FakeTimeProvider _time = new(StoreCase.Now);

    public void Dispose() => _folder.Dispose();

    string Path => _folder["monitoring.db"];

    static string Blob(long bits)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bits);
        return $"x'{Convert.ToHexString(bytes)}'";
    }

    void Make(string samples) => StoreCase.Execute(Path, OldSchema + samples);

    /// <summary>Two series, one of them with the values that SQLite would not keep; and samples that are too old.</summary>
    void MakeSmall() => Make($"""
        INSERT INTO sample VALUES(3, {StoreCase.NowMs - 1000}, 1.5), (3, {StoreCase.NowMs}, {Blob(0x7ff0_0000_0000_0002)}),
            (7, {StoreCase.NowMs - 1000}, 9e999), (7, {StoreCase.NowMs - 500}, -0.0), (7, {StoreCase.NowMs}, 0.1),
            (8, {StoreCase.NowMs}, 3), (7, {StoreCase.NowMs - (8 * 86_400_000L)}, 5), (99, {StoreCase.NowMs}, 6);
        """);

    async Task CheckSmallAsync()
    {
        using var database = Database.Open(Path, _time);
        using var store = new MetricStore(database, _time, new());
        Assert.Equal(
            [
                $"{Labels.Of("m", ("host", "a"), ("path", "C:\\\u00e9"))}: 1.5 NaN(7ff0000000000002)",
                $"{Labels.Of("m", ("host", "b"))}: \u221e -0 0.1",
                $"{Labels.Of("unknown", ("host", "b"))}: 3",
            ],
            (await StoreCase.SelectAsync(store)).Select(s => $"{s.Labels}: {string.Join(' ', s.Values.ToArray().Select(Text))}")
            .Order(StringComparer.Ordinal));
        Assert.Equal(new("m", "By", MetricKind.Gauge, "Help."), store.Metrics()["m"]);
        Assert.False(database.Read(OldSamples.Exist));
        Assert.Equal(6, DatabaseFiles.Verify(Path).Samples);
    }

    static string Text(double value) => double.IsNaN(value) ? $"NaN({BitConverter.DoubleToInt64Bits(value):x})"
        : double.IsInfinity(value) ? "\u221e" : value == 0 && double.IsNegative(value) ? "-0" : $"{value}";

    [Fact]
    public async Task Its_samples_labels_and_metrics_are_taken_over_bit_for_bit()
    {
        MakeSmall();
        await CheckSmallAsync();
        await CheckSmallAsync();
    }

    [Fact]
    public async Task A_disk_that_fails_at_any_write_of_it_lets_it_begin_again()
    {
        MakeSmall();
        byte[] old = await File.ReadAllBytesAsync(Path);
        int n = 1;
        for (bool failed = true; failed; n++)
        {
            foreach (string file in Directory.GetFiles(_folder.Path))
                File.Delete(file);
            await File.WriteAllBytesAsync(Path, old);
            using (var disk = new FailingDisk())
            {
                disk.FailAt(n, raw.SQLITE_FULL, staysFull: true);
                try
                {
                    using var database = Database.Open(disk.Of(Path), _time);
                    using var store = new MetricStore(database, _time, new());
                    disk.Heal();
                    failed = false;
                }
                catch (DatabaseException)
                {
                    Assert.True(disk.HasFailed);
                }
            }
            await CheckSmallAsync();
        }
        Assert.InRange(n, 20, 1_000);
    }

    [Fact]
    public async Task Killed_in_between_it_begins_again()
    {
        const int Instants = 45_000;
        Make($"""
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {Instants - 1})
            INSERT INTO sample SELECT s.id, {StoreCase.NowMs} - i * 1000, s.id * 1000000 + i FROM n, series s;
            """);
        byte[] old = await File.ReadAllBytesAsync(Path);
        var random = new Random(20261122);
        TimeSpan whole = default; // how long it takes on this machine today
        int between = 0;
        for (int cycle = 0; cycle < 6; cycle++)
        {
            foreach (string file in Directory.GetFiles(_folder.Path))
                File.Delete(file);
            await File.WriteAllBytesAsync(Path, old);
            using (var process = StoreProcess.Start(_folder.Path, 0))
            {
                Assert.Equal("start", await process.NextAsync());
                long start = TimeProvider.System.GetTimestamp();
                if (cycle == 0)
                {
                    Assert.Equal("open", await process.NextAsync());
                    whole = TimeProvider.System.GetElapsedTime(start);
                }
                process.KillWithin(whole * random.NextDouble());
            }
            using var database = Database.Open(Path, _time);
            between += database.Read(OldSamples.Exist) ? 1 : 0;
            using var store = new MetricStore(database, _time, new());
            var answer = await StoreCase.SelectAsync(store, "m|unknown");
            Assert.Equal(3, answer.Count);
            foreach (var series in answer)
            {
                int id = series.Labels["host"] == "a" ? 3 : series.Labels.Name == "m" ? 7 : 8;
                Assert.Equal(Enumerable.Range(0, Instants).Reverse().Select(i => (StoreCase.NowMs - (i * 1000L), (id * 1e6) + i)),
                    series.TimesMs.ToArray().Zip(series.Values.ToArray()));
            }
            DatabaseFiles.Verify(Path);
        }
        TestContext.Current.SendDiagnosticMessage("killed before the end {0} of 5 times", between);
    }
}
