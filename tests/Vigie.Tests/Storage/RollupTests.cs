using Vigie.Core.Metrics;
using Vigie.Storage;

namespace Vigie.Tests.Storage;

/// <summary>Rollups against the samples they were made of.</summary>
public sealed class RollupTests : IDisposable
{
    const long Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;

    readonly StoreCase _case = new();

    public void Dispose() => _case.Dispose();

    static readonly Series Gauge = StoreCase.Series("temperature", ("host", "a"));

    static readonly Series Counter = new(Labels.Of("requests_total", ("host", "a")), new("requests", "", MetricKind.Counter, "Help."));

    static double GaugeAt(long ms) => Math.Round(20 + (5 * Math.Sin(ms / 7e6)), 2);

    /// <summary>Grows by one or two each minute, and begins again at zero every 1,000 minutes.</summary>
    static double CounterAt(long ms) => (ms / Minute) % 1_000 * 1.5;

    async Task FillAsync(long fromMs, long toMs, long step = Minute)
    {
        var batch = new SampleBatch();
        for (long ms = fromMs; ms <= toMs; ms += step)
        {
            batch.Add(Gauge, ms, GaugeAt(ms));
            batch.Add(Counter, ms, CounterAt(ms));
        }
        var result = await _case.Store.WriteAsync(batch, default);
        Assert.Equal(batch.Count, result.Written);
    }

    Task<long> CleanAsync(bool exact = false) =>
        _case.Store.CleanAsync(_case.Time.GetUtcNow() - TimeSpan.FromDays(7), exact, null, default);

    /// <summary>What blocks of a level hold of a series' part, by the end of the bucket.</summary>
    static SortedDictionary<long, double> Part(StoreCase of, BlockLevel level, string metric, RollupPart part) => of.Database.Read(connection =>
    {
        var memory = StoreMemory.Load(connection, StoreCase.Now);
        var found = new SortedDictionary<long, double>();
        foreach (var block in BlockTable.All(connection).Where(b => b.Level == level))
        {
            using var bytes = new BlockBytes(connection);
            bytes.Open(block, whole: false);
            var read = new BlockPart(block, bytes);
            var entry = memory.Index.All.Single(e => e.Labels.Name == metric);
            if (read.Find(new(entry, part)) is not (>= 0 and int column))
                continue;
            for (int i = 0; i < read.Values(column).Length; i++)
                found.Add(read.Times(read.TimesOf(column))[i], read.Values(column)[i]); // throws when a bucket is there twice
        }
        return found;
    });

    SortedDictionary<long, double> Part(BlockLevel level, string metric, RollupPart part) => Part(_case, level, metric, part);

    static SortedDictionary<long, double> Expected(long fromMs, long toMs, long bucket, Func<long[], double> of, long step = Minute)
    {
        var buckets = new SortedDictionary<long, List<long>>();
        for (long ms = fromMs; ms <= toMs; ms += step)
        {
            long end = (ms + bucket - 1) / bucket * bucket;
            if (!buckets.TryGetValue(end, out var list))
                buckets[end] = list = [];
            list.Add(ms);
        }
        return new(buckets.ToDictionary(b => b.Key, b => of([.. b.Value])));
    }

    static readonly long Start = (StoreCase.NowMs / Day * Day) - (6 * Day) + (3 * Minute);

    [Fact]
    public async Task Rollups_hold_least_greatest_sum_count_and_last_of_each_bucket()
    {
        await FillAsync(Start, StoreCase.NowMs);
        await CleanAsync();
        foreach (var (level, size) in new[] { (BlockLevel.FiveMinutes, 5 * Minute), (BlockLevel.Hour, Hour) })
        {
            var max = Part(level, "temperature", RollupPart.Max);
            Assert.InRange(max.Keys.Max(), StoreCase.NowMs - (2 * Day), StoreCase.NowMs - Day); // two days old, and blocks as a whole
            long to = max.Keys.Max() - size;
            void Same(RollupPart part, Func<long[], double> of) => Assert.Equal(
                Expected(Start, to, size, of).Select(b => (b.Key, Math.Round(b.Value, 6))),
                Part(level, "temperature", part).Where(b => b.Key <= to).Select(b => (b.Key, Math.Round(b.Value, 6))));
            Same(RollupPart.Min, times => times.Min(GaugeAt));
            Same(RollupPart.Max, times => times.Max(GaugeAt));
            Same(RollupPart.Sum, times => times.Sum(GaugeAt));
            Same(RollupPart.Count, times => times.Length);
            Same(RollupPart.Last, times => GaugeAt(times[^1]));
        }
        Assert.Empty(Part(BlockLevel.FiveMinutes, "requests_total", RollupPart.Sum));
        DatabaseFiles.Verify(_case.Path);
    }

    [Fact]
    public async Task A_counter_s_growth_is_kept_over_its_resets()
    {
        await FillAsync(Start, StoreCase.NowMs);
        await CleanAsync();
        var grown = Part(BlockLevel.FiveMinutes, "requests_total", RollupPart.Increase);
        long to = grown.Keys.Max() - (5 * Minute);
        Assert.Equal(Expected(Start, to, 5 * Minute, times => times.Where(ms => ms > Start)
            .Sum(ms => CounterAt(ms) is var now && CounterAt(ms - Minute) is var before && now >= before ? now - before : now)),
            grown.Where(b => b.Key <= to));
    }

    [Fact]
    public async Task When_the_raw_samples_are_gone_queries_see_the_rollups()
    {
        await FillAsync(Start, StoreCase.NowMs);
        await CleanAsync();
        _case.Time.Advance(TimeSpan.FromDays(5));
        long now = StoreCase.NowMs + (5 * Day);
        await FillAsync(StoreCase.NowMs + Minute, now);
        await CleanAsync();
        _case.Reopen();

        var gauge = Assert.Single(await _case.SelectAsync("temperature"));
        Assert.True(gauge.TimesMs.Span[0] - Start < 5 * Minute);
        Assert.Equal(now, gauge.TimesMs.Span[^1]);
        for (int i = 0; i < gauge.TimesMs.Length; i++)
        {
            long at = gauge.TimesMs.Span[i];
            bool isRaw = at >= now - (7 * Day);
            if (!isRaw)
                Assert.Equal(0, at % (5 * Minute));
            Assert.Equal(GaugeAt(isRaw ? at : (at - (3 * Minute)) / Minute * Minute + (3 * Minute)), gauge.Values.Span[i]);
            if (i > 0)
                Assert.InRange(at - gauge.TimesMs.Span[i - 1], 1, 10 * Minute);
        }
        Assert.Equal(2, (await _case.Store.SeriesAsync([new([new("host", MatchKind.Equal, "a")], Start, Start + Hour)], default)).Count);
        Assert.Empty(await _case.Store.SeriesAsync([new([new("host", MatchKind.Equal, "a")], 0, Start - Day)], default));
        Assert.InRange(Growth(Assert.Single(await _case.SelectAsync("requests_total"))), 1.5 * 11.4 * 1_438, 1.5 * 11.5 * 1_440);
    }

    /// <summary>As PromQL counts it: a fall is a new beginning.</summary>
    static double Growth(SeriesSamples counter)
    {
        double grown = 0;
        for (int i = 1; i < counter.Values.Length; i++)
            grown += counter.Values.Span[i] - counter.Values.Span[i - 1] is var step && step >= 0 ? step : counter.Values.Span[i];
        return grown;
    }

    [Fact]
    public async Task After_ninety_days_an_hour_is_one_value_that_queries_still_find_every_five_minutes()
    {
        await FillAsync(Start, StoreCase.NowMs - (2 * Day));
        await CleanAsync();
        _case.Time.Advance(TimeSpan.FromDays(100));
        await CleanAsync();
        Assert.Empty(Part(BlockLevel.Raw, "temperature", RollupPart.Sample));
        Assert.Empty(Part(BlockLevel.FiveMinutes, "temperature", RollupPart.Last));
        var gauge = Assert.Single(await _case.SelectAsync("temperature"));
        for (int i = 0; i < gauge.TimesMs.Length - 1; i++)
        {
            Assert.Equal(5 * Minute, gauge.TimesMs.Span[i + 1] - gauge.TimesMs.Span[i]);
            long end = gauge.TimesMs.Span[i] / Hour * Hour;
            Assert.Equal(GaugeAt(((end - (3 * Minute)) / Minute * Minute) + (3 * Minute)), gauge.Values.Span[i]);
        }
        Assert.InRange(Growth(Assert.Single(await _case.SelectAsync("requests_total"))), 1.5 * 4.4 * 1_438, 1.5 * 4.5 * 1_440);
        _case.Time.Advance(TimeSpan.FromDays(700));
        await CleanAsync();
        Assert.Equal((0, 0), _case.Store.Count());
    }

    [Fact]
    public async Task Late_samples_repair_the_rollups_they_belong_to()
    {
        await FillAsync(Start, StoreCase.NowMs, 2 * Minute);
        await CleanAsync();
        long hole = Start + (30 * Hour);
        var late = new SampleBatch();
        for (long ms = hole + Minute; ms < hole + Hour; ms += 2 * Minute)
            late.Add(Gauge, ms, 99);
        await _case.Store.WriteAsync(late, default);
        await CleanAsync();
        var max = Part(BlockLevel.FiveMinutes, "temperature", RollupPart.Max);
        var count = Part(BlockLevel.FiveMinutes, "temperature", RollupPart.Count);
        long repaired = (hole + (20 * Minute)) / (5 * Minute) * (5 * Minute);
        Assert.Equal((99, 5), (max[repaired], count[repaired]));
        Assert.True(max[repaired - (2 * Hour)] < 30);
        DatabaseFiles.Verify(_case.Path);
    }

    [Fact]
    public async Task Samples_in_any_order_make_the_rollups_that_all_of_them_make_together()
    {
        using var small = new StoreCase(new() { BlockInstants = 4 }); // many blocks of each level stand beside each other
        var random = new Random(20261122);
        var all = new SortedSet<long>();
        for (int round = 0; round < 40; round++)
        {
            var batch = new SampleBatch();
            long at = StoreCase.NowMs - (5 * Day) + (random.Next(60) * 47 * Minute);
            for (int i = random.Next(1, 12); i > 0; i--, at += random.Next(1, 90) * Minute)
            {
                batch.Add(Gauge, at, GaugeAt(at));
                all.Add(at);
            }
            await small.Store.WriteAsync(batch, default);
            await small.Store.CleanAsync(StoreCase.Now - TimeSpan.FromDays(7), exact: false, null, default);
        }
        foreach (var level in new[] { BlockLevel.FiveMinutes, BlockLevel.Hour })
            foreach (var (part, of) in new (RollupPart, Func<IEnumerable<long>, double>)[]
                { (RollupPart.Count, times => times.Count()), (RollupPart.Last, times => GaugeAt(times.Last())) })
                Assert.Equal(all.GroupBy(ms => level.Bucket(ms)).Select(b => (b.Key, of(b))),
                    Part(small, level, "temperature", part).Select(b => (b.Key, b.Value)));
    }

    [Fact]
    public async Task A_bucket_is_never_made_anew_of_what_a_deletion_has_left_of_it()
    {
        await FillAsync(Start, StoreCase.NowMs);
        await CleanAsync();
        var before = Part(BlockLevel.Hour, "temperature", RollupPart.Count);
        _case.Time.Advance(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(17));
        await CleanAsync(exact: true); // cuts through an hour
        await CleanAsync(exact: true);
        var after = Part(BlockLevel.Hour, "temperature", RollupPart.Count);
        foreach (var (end, count) in before.Take(before.Count - 1))
            Assert.Equal(count, after[end]);
    }

    [Fact]
    public async Task What_is_past_its_bytes_goes_before_its_time_and_the_oldest_first()
    {
        await FillAsync(Start, StoreCase.NowMs);
        await CleanAsync();
        long[] sizes = [.. _case.Database.Read(c => BlockTable.All(c).Where(b => b.Level == BlockLevel.Raw)
            .OrderByDescending(b => b.LastMs).Select(b => (long)b.Bytes).ToList())];
        var small = new StoreLimits { RawBytes = sizes[0] + sizes[1] };
        using var store = new MetricStore(_case.Database, _case.Time, small);
        Assert.InRange(await store.CleanAsync(StoreCase.Now - TimeSpan.FromDays(7), exact: false, null, default), 1, long.MaxValue);
        Assert.Equal(2, Part(BlockLevel.Raw, "temperature", RollupPart.Sample).Keys.Select(ms => ms / Day).Distinct().Count());
        Assert.Equal(StoreCase.NowMs, Part(BlockLevel.Raw, "temperature", RollupPart.Sample).Keys.Max() / Minute * Minute + (StoreCase.NowMs % Minute));
    }
}
