using Vigie.Core.Metrics;
using Vigie.Storage;

namespace Vigie.Tests.Storage;

public sealed class MetricStoreTests : IDisposable
{
    readonly StoreCase _case = new(StoreCase.RawOnly);

    public void Dispose() => _case.Dispose();

    [Fact]
    public async Task What_is_older_than_the_history_is_refused_with_the_setting_to_change()
    {
        var result = await _case.Store.WriteAsync(StoreCase.Batch(
            (StoreCase.Series("a"), StoreCase.NowMs - (7 * 86_400_000L) - 1, 1),
            (StoreCase.Series("a"), StoreCase.NowMs - (7 * 86_400_000L), 2)), default);
        Assert.Equal((1, 1, "1 refused: older than the history kept (7 days, Retention:Raw)"), (result.Written, result.Refused, result.Reason));
        Assert.Equal(1, result.Counts[RefusalKind.Old]);
        Assert.Equal("2", await _case.ValuesAsync());
    }

    [Fact]
    public async Task A_selection_is_bounded_at_both_ends_and_by_every_matcher()
    {
        for (int i = 0; i < 5; i++)
            await _case.Store.WriteAsync(StoreCase.Batch(
                (StoreCase.Series("m", ("host", "a"), ("device", "sda")), StoreCase.NowMs + i, i),
                (StoreCase.Series("m", ("host", "b")), StoreCase.NowMs + i, -i)), default);
        async Task<string> Select(params LabelMatcher[] matchers) =>
            string.Join("; ", (await _case.Store.SelectAsync(new(matchers, StoreCase.NowMs + 1, StoreCase.NowMs + 3), default))
            .Select(s => $"{s.Labels["host"]}: {string.Join(' ', s.Values.ToArray())}").Order());
        Assert.Equal("a: 1 2 3; b: -1 -2 -3", await Select(new LabelMatcher(Labels.MetricName, MatchKind.Equal, "m")));
        Assert.Equal("a: 1 2 3",
            await Select(new LabelMatcher(Labels.MetricName, MatchKind.Equal, "m"), new("host", MatchKind.NotEqual, "b")));
        Assert.Equal("b: -1 -2 -3",
            await Select(new LabelMatcher(Labels.MetricName, MatchKind.Regex, "m|n"), new("device", MatchKind.Equal, "")));
        Assert.Equal("a: 1 2 3", await Select(new LabelMatcher("host", MatchKind.NotRegex, "b+")));
        Assert.Equal("", await Select(new LabelMatcher(Labels.MetricName, MatchKind.Equal, "n")));
        var named = await _case.Store.SeriesAsync([new([new("host", MatchKind.Equal, "a")], 0, StoreCase.NowMs),
            new([new("host", MatchKind.Equal, "b")], 0, StoreCase.NowMs - 1)], default);
        Assert.Equal("a", Assert.Single(named)["host"]);
    }

    [Fact]
    public async Task Cleaning_deletes_what_is_older_and_gives_the_space_back()
    {
        var old = new SampleBatch();
        for (int s = 0; s < 40; s++)
            for (int t = 0; t < 1_000; t++)
                old.Add(StoreCase.Series($"m{s}"), StoreCase.NowMs - 86_400_000 + t, Math.Sin((s * 1_000) + t)); // nothing to pack
        await _case.Store.WriteAsync(old, default);
        await _case.WriteAsync("m0", 7);
        await _case.Database.MaintainAsync(connection => Database.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)"));
        long before = new FileInfo(_case.Path).Length;
        var told = new List<double>();

        long deleted = await _case.Store.CleanAsync(StoreCase.Now - TimeSpan.FromHours(1), exact: true, new Told(told), default);

        Assert.Equal(40_000, deleted);
        Assert.Equal((1, 1), _case.Store.Count());
        Assert.InRange(new FileInfo(_case.Path).Length, 1, before / 4);
        Assert.Equal(0, _case.Scalar<long>("PRAGMA freelist_count"));
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1]);
        Assert.Equal(0, await _case.Store.CleanAsync(StoreCase.Now - TimeSpan.FromHours(1), exact: true, null, default));
    }

    [Fact]
    public async Task A_series_that_was_cleaned_away_comes_back_under_a_new_number()
    {
        var series = StoreCase.Series("m", ("host", "a"));
        await _case.Store.WriteAsync(StoreCase.Batch((series, StoreCase.NowMs - 1000, 1)), default);
        object? slot = series.StoreSlot;
        await _case.Store.CleanAsync(StoreCase.Now, exact: true, null, default);
        Assert.Empty(await _case.SelectAsync());
        await _case.Store.WriteAsync(StoreCase.Batch((series, StoreCase.NowMs, 2)), default);
        Assert.NotSame(slot, series.StoreSlot);
        Assert.Equal("2", await _case.ValuesAsync());
        Assert.Equal(2, _case.Scalar<long>("SELECT id FROM series"));
        DatabaseFiles.Verify(_case.Path);
    }

    [Fact]
    public async Task A_host_is_deleted_with_all_it_sent()
    {
        var (a, b) = (StoreCase.Series("m", ("host", "a")), StoreCase.Series("m", ("host", "b")));
        await _case.Store.WriteAsync(StoreCase.Batch((a, StoreCase.NowMs, 1), (a, StoreCase.NowMs + 1, 1),
            (b, StoreCase.NowMs, 2)), default);
        Assert.Equal(2, await _case.Store.DeleteHostAsync("a", default));
        Assert.Equal("b", Assert.Single(await _case.SelectAsync()).Labels["host"]);
        await _case.Store.WriteAsync(StoreCase.Batch((a, StoreCase.NowMs, 3), (b, StoreCase.NowMs, 4)), default);
        Assert.Equal("3; 4", await _case.ValuesAsync());
        DatabaseFiles.Verify(_case.Path);
    }

    [Fact]
    public async Task Another_process_adds_and_deletes_series_and_this_one_follows()
    {
        var (other, second) = _case.Open();
        using (other)
        {
            await _case.WriteAsync("first", 1);
            await second.WriteAsync(StoreCase.Batch((StoreCase.Series("second"), StoreCase.NowMs, 2)), default);
            Assert.Equal(["first", "second"], (await _case.SelectAsync()).Select(s => s.Labels.Name).Order());

            // The other one deletes "first" while this one believes to know its number.
            await second.CleanAsync(StoreCase.Now + TimeSpan.FromSeconds(1), exact: true, null, default);
            Assert.Empty(await _case.SelectAsync());
            await second.WriteAsync(StoreCase.Batch((StoreCase.Series("third"), StoreCase.NowMs, 3)), default);
            await _case.WriteAsync("first", 4);
            foreach (var store in new[] { _case.Store, second })
                Assert.Equal(["first 4", "third 3"],
                    (await StoreCase.SelectAsync(store)).Select(s => $"{s.Labels.Name} {s.Values.Span[0]}").Order());
        }
        DatabaseFiles.Verify(_case.Path);
    }

    [Fact]
    public async Task The_same_series_object_may_feed_two_stores()
    {
        using var elsewhere = new StoreCase();
        var series = StoreCase.Series("shared");
        await elsewhere.WriteAsync("other", 1);
        foreach (var store in new[] { _case.Store, elsewhere.Store, _case.Store, elsewhere.Store })
            await store.WriteAsync(StoreCase.Batch((series, StoreCase.NowMs, 5)), default);
        Assert.Equal("5", await elsewhere.ValuesAsync("shared"));
        Assert.Equal("1", await elsewhere.ValuesAsync("other"));
        Assert.Equal("5", await _case.ValuesAsync());
    }

    [Fact]
    public async Task A_query_in_the_middle_of_a_batch_sees_none_of_it_and_harms_nothing()
    {
        await _case.WriteAsync("known", 0);
        await _case.Database.WriteAsync((connection, _) =>
        {
            // Another store's transaction is open, with a series in it, while queries come.
            Database.Execute(connection, "INSERT INTO series VALUES(100000, 1, x'')");
            Assert.Single(_case.SelectAsync().GetAwaiter().GetResult());
        });
        using var stop = new CancellationTokenSource();
        var queries = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await _case.SelectAsync();
        });
        for (int i = 0; i < 60; i++)
        {
            var batch = new SampleBatch();
            for (int n = 0; n < 40; n++)
            {
                batch.Add(StoreCase.Series($"new{i}", ("n", $"{n}")), StoreCase.NowMs, n);
                batch.Add(StoreCase.Series($"new{i}", ("n", $"{n}")), StoreCase.NowMs + 1, n);
            }
            await _case.Store.WriteAsync(batch, default);
        }
        await stop.CancelAsync();
        await queries;
        Assert.Equal(2_401, (await _case.SelectAsync()).Count);
        DatabaseFiles.Verify(_case.Path);
    }

    [Fact]
    public async Task A_batch_that_fails_leaves_nothing_and_the_same_batch_works_later()
    {
        await _case.WriteAsync("before", 1);
        await _case.Database.MaintainAsync(connection =>
            Database.Execute(connection, $"PRAGMA max_page_count={Database.Scalar<long>(connection, "PRAGMA page_count") + 3}"));
        var batch = new SampleBatch();
        for (int i = 0; i < 5_000; i++)
            batch.Add(StoreCase.Series($"m{i % 50}"), StoreCase.NowMs + (i / 50), Math.Sin(i)); // nothing to pack
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _case.Store.WriteAsync(batch, default));
        Assert.Contains("can't be written now", e.Message);
        Assert.Equal("before", Assert.Single(await _case.SelectAsync()).Labels.Name);
        await _case.Database.MaintainAsync(connection => Database.Execute(connection, "PRAGMA max_page_count=1000000"));
        Assert.Equal(5_000, (await _case.Store.WriteAsync(batch, default)).Written);
        Assert.Equal((51, 5_001), _case.Store.Count());
        Assert.Equal(51, (await _case.SelectAsync()).Count);
        DatabaseFiles.Verify(_case.Path);
    }

    [Fact]
    public async Task A_store_that_closes_asks_the_sender_to_come_again()
    {
        _case.Close();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _case.WriteAsync("m", 1));
    }

    [Fact]
    public async Task Metrics_are_declared_and_the_last_declaration_wins()
    {
        foreach (string help in new[] { "One.", "Two." })
            await _case.Store.WriteAsync(StoreCase.Batch((new Series(Labels.Of("m_bytes"), new("m", "By", MetricKind.Gauge, help)),
                StoreCase.NowMs, 1)),
                default);
        Assert.Equal(new("m", "By", MetricKind.Gauge, "Two."), _case.Store.Metrics()["m_bytes"]);
    }

    [Theory]
    [InlineData(2, 100, "more than 2 series")]
    [InlineData(100, 25, "more than 25 samples")]
    [InlineData(3, 40, null)]
    public async Task A_query_that_would_read_too_much_is_stopped_while_it_reads(int series, int samples, string? told)
    {
        var batch = new SampleBatch();
        foreach (string host in new[] { "a", "b", "c" })
            for (int i = 0; i < 10; i++)
                batch.Add(StoreCase.Series("m", ("host", host)), StoreCase.NowMs - (i * 1000), i);
        await _case.Store.WriteAsync(batch, default);
        await _case.Store.SealAsync(default);
        var engine = new Vigie.PromQL.QueryEngine(_case.Store, new() { MaxSeries = series, MaxSamples = samples, Time = _case.Time });
        var asked = async () => await engine.InstantAsync("sum(sum_over_time(m[5m]))", StoreCase.NowMs);
        if (told is null)
            await asked();
        else
            Assert.Contains(told, (await Assert.ThrowsAsync<Vigie.PromQL.PromQLException>(asked)).Message);
    }

    [Fact]
    public async Task An_empty_batch_writes_nothing() => Assert.Equal(default, await _case.Store.WriteAsync(new(), default));

    sealed class Told(List<double> values) : IProgress<double>
    {
        public void Report(double value) => values.Add(value);
    }

    [Fact]
    public async Task Help_that_is_left_out_does_not_take_away_what_is_known()
    {
        foreach (string help in (string[])["", "Old.", "", "New.", ""])
            await _case.Store.WriteAsync(StoreCase.Batch((new(Labels.Of("m", ("host", "a")), new("m", "By", MetricKind.Gauge, help)),
                StoreCase.NowMs, 1)), default);
        Assert.Equal("New.", _case.Store.Metrics()["m"].Help);
        _case.Reopen();
        Assert.Equal("New.", _case.Store.Metrics()["m"].Help);
    }
}
