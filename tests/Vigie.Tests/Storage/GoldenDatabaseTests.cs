using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Storage;

/// <summary>
/// A monitoring.db of version 1 that every later version must open and read to the last bit: a journal, raw blocks, and
/// rollups of both kinds. VIGIE_UPDATE_GOLDEN=1 writes it anew, which is allowed until a version is released and not after.
/// </summary>
public sealed class GoldenDatabaseTests
{
    const long Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;

    const int Hours = 20;

    static readonly string Golden = Repository.Path("tests/Vigie.Tests/Cases/Storage/v1.db");

    static readonly StoreLimits Limits = new() { BlockInstants = 16 };

    static readonly string[] Hosts = ["web1", "web2", "db \"1\"\\\n\u00e9"];

    static readonly long OldMs = StoreCase.NowMs - (6 * Day) + (7 * Minute) + 11,
        RawMs = StoreCase.NowMs - (6 * Hour), LateMs = StoreCase.NowMs - Hour;

    static readonly double[] Special =
    [
        0, -0.0, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, -1.5e-310, 0.1, 1.0 / 3,
        BitConverter.Int64BitsToDouble(0x7ff0_0000_0000_0002), BitConverter.Int64BitsToDouble(0x7ff8_dead_beef_0001), double.NaN,
        9_007_199_254_740_993, -123_456.789, 1e22, 42,
    ];

    static readonly MetricInfo Gauge = new("room.temperature", "Cel", MetricKind.Gauge, "How warm it is."),
        Counter = new("requests", "{request}", MetricKind.Counter, "Requests \"answered\".\nSince the start."),
        Odd = new("odd", "1", MetricKind.Gauge, "");

    static Series Temperature(string host) => new(Labels.Of("room_temperature_celsius", ("host", host), ("room", "a")), Gauge);

    static Series Requests(string host) => new(Labels.Of("requests_total", ("host", host)), Counter);

    static Series Anything(string host) => new(Labels.Of("odd", ("host", host), ("n", "1")), Odd);

    static double TemperatureAt(long ms) => Math.Round(20 + (5 * Math.Sin(ms / 7e6)), 2);

    static double RequestsAt(long ms) => (ms - OldMs) / Minute * 3;

    static double AnythingAt(long ms) => Special[(int)((ms - OldMs) / Minute % Special.Length)];

    static IEnumerable<long> Every(long fromMs, long step, int count) => Enumerable.Range(0, count).Select(i => fromMs + (i * step));

    /// <summary>An hour apart six days ago, of which only rollups are left; a minute apart today; and what is in the journal.</summary>
    static async Task MakeAsync(string to)
    {
        using var store = new StoreCase(Limits);
        async Task WriteAsync(IEnumerable<long> times, bool odd)
        {
            foreach (long ms in times)
                foreach (string host in Hosts)
                {
                    var batch = StoreCase.Batch((Temperature(host), ms, TemperatureAt(ms)), (Requests(host), ms, RequestsAt(ms)));
                    if (odd)
                        batch.Add(Anything(host), ms, AnythingAt(ms));
                    await store.Store.WriteAsync(batch, default);
                }
        }
        await WriteAsync(Every(OldMs, Hour, Hours), odd: false);
        await store.Store.CleanAsync(StoreCase.Now - TimeSpan.FromDays(4), exact: true, null, default);
        await WriteAsync(Every(RawMs, Minute, 40), odd: true);
        await store.Store.SealAsync(default);
        await WriteAsync(Every(LateMs, Minute, 5), odd: true);
        await store.Database.MaintainAsync(connection => Database.Execute(connection, "VACUUM"));
        DatabaseFiles.Backup(store.Path, to, 0, null);
    }

    static string Line(Series series, IEnumerable<(long Ms, double Value)> samples) =>
        $"{series.Labels}: {string.Join(' ', samples.Select(s => $"{s.Ms}={BitConverter.DoubleToInt64Bits(s.Value)}"))}";

    static IEnumerable<string> Lines(IEnumerable<SeriesSamples> answer) => answer.Select(s => Line(new(s.Labels, Odd),
        s.TimesMs.ToArray().Zip(s.Values.ToArray()))).Order(StringComparer.Ordinal);

    /// <summary>What was asked for at that time: rollups are shown at the end of their bucket.</summary>
    static IEnumerable<string> Expected(Func<long, IEnumerable<long>> rolled, bool raw)
    {
        var fresh = Every(RawMs, Minute, 40).Concat(Every(LateMs, Minute, 5)).Where(_ => raw).ToList();
        (long, double)[] Samples(Func<long, double> value) =>
            [.. Every(OldMs, Hour, Hours).SelectMany(ms => rolled(ms).Select(at => (at, value(ms)))),
                .. fresh.Select(ms => (ms, value(ms)))];
        foreach (string host in Hosts)
        {
            yield return Line(Temperature(host), Samples(TemperatureAt));
            yield return Line(Requests(host), Samples(RequestsAt));
            if (raw)
                yield return Line(Anything(host), fresh.Select(ms => (ms, AnythingAt(ms))));
        }
    }

    [Fact]
    public async Task A_database_of_version_1_is_opened_read_to_the_last_bit_and_written_on()
    {
        using var folder = new TempFolder();
        if (Environment.GetEnvironmentVariable("VIGIE_UPDATE_GOLDEN") is not null)
        {
            await MakeAsync(folder["made.db"]);
            File.Move(folder["made.db"], Golden, overwrite: true);
        }
        Assert.InRange(new FileInfo(Golden).Length, 1, 60_000);
        File.Copy(Golden, folder["monitoring.db"]);
        var time = new FakeTimeProvider(StoreCase.Now);
        using (var database = Database.Open(folder["monitoring.db"], time))
        using (var store = new MetricStore(database, time, Limits))
        {
            long five = 5 * Minute;
            var expected = Expected(ms => [(ms + five - 1) / five * five], raw: true).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(expected, Lines(await StoreCase.SelectAsync(store)));
            Assert.Equal([("odd", Odd), ("requests_total", Counter), ("room_temperature_celsius", Gauge)],
                store.Metrics().OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, m.Value)));
            await store.SealAsync(default);
            Assert.Equal(expected, Lines(await StoreCase.SelectAsync(store)));

            time.Advance(TimeSpan.FromDays(100)); // what is left then is one value an hour, said again every five minutes
            IEnumerable<long> Repeated(long ms) => (ms + Hour - 1) / Hour * Hour is var end && ms < OldMs + ((Hours - 1) * Hour)
                ? Every(end, five, 12) : [end];
            Assert.Equal(Expected(Repeated, raw: false).Order(StringComparer.Ordinal), Lines(await StoreCase.SelectAsync(store)));
        }
        DatabaseFiles.Verify(folder["monitoring.db"]);
        using var later = Database.Open(folder["monitoring.db"], time);
        using var again = new MetricStore(later, time, Limits);
        await again.WriteAsync(StoreCase.Batch((Temperature("web1"), time.GetUtcNow().ToUnixTimeMilliseconds(), 1)), default);
        await again.CleanAsync(time.GetUtcNow() - Limits.Raw, exact: true, null, default);
        Assert.Equal(time.GetUtcNow(), again.Newest);
        DatabaseFiles.Verify(folder["monitoring.db"]);
    }
}
