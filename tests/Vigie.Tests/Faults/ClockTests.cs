using Microsoft.Extensions.Logging.Abstractions;
using Vigie.Core.Metrics;
using Vigie.Hub.Configuration;
using Vigie.Hub.Ingest;
using Vigie.Hub.Retention;
using Vigie.Tests.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

/// <summary>A hub whose clock is set: what is stored must not pay for it.</summary>
public sealed class ClockTests : IDisposable
{
    static readonly TimeSpan Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1), Year = TimeSpan.FromDays(365);

    readonly StoreCase _case;

    public ClockTests() => _case = new(clock: Time);

    public void Dispose() => _case.Dispose();

    WrongClock Time { get; } = new(StoreCase.Now);

    void Set(TimeSpan by) => Time.Set(by);

    RetentionRound Start() => new(_case.Store, new HubOptions(), Time, NullLogger<RetentionRound>.Instance);

    /// <summary>Every ten minutes since a day, and since eight days.</summary>
    async Task<long> FillAsync()
    {
        var batch = new SampleBatch();
        foreach (int days in new[] { 6, 1 })
            for (int i = 0; i < 100; i++)
                batch.Add(StoreCase.Series("m", ("host", "a")), StoreCase.NowMs - (days * 86_400_000L) + (i * 600_000), i);
        Assert.Equal(batch.Count, (await _case.Store.WriteAsync(batch, default)).Written);
        return batch.Count;
    }

    [Fact]
    public async Task Set_back_an_hour_forward_a_year_and_back_again_nothing_is_lost_or_doubled()
    {
        var expected = new SortedDictionary<long, double>();
        var round = Start();
        long at = StoreCase.NowMs;
        async Task GoOnAsync()
        {
            // The senders' clocks are right all the time, and some send again what they have sent.
            for (int i = 0; i < 30; i++)
            {
                at += 60_000;
                Time.Advance(TimeSpan.FromMinutes(1));
                var result = await _case.Store.WriteAsync(StoreCase.Batch((StoreCase.Series("m"), at, i),
                    (StoreCase.Series("m"), at - 60_000, i - 1)), default);
                foreach (var (ms, value) in result.Refused == 0 ? [(at, (double)i), (at - 60_000, i - 1)] : ((long, double)[])[])
                    expected[ms] = value;
                if (_case.Store.SealIsDue || i % 10 == 0)
                    await _case.Store.SealAsync(default);
            }
            await round.RunAsync(default);
            _case.Reopen();
            round = Start();
        }
        foreach (var by in new[] { TimeSpan.Zero, -Hour, Hour, Year, -Year, TimeSpan.Zero })
        {
            Set(by);
            await GoOnAsync();
        }
        var samples = Assert.Single(await _case.SelectAsync());
        Assert.Equal(expected, samples.TimesMs.ToArray().Zip(samples.Values.ToArray()).ToDictionary(s => s.First, s => s.Second));
        Assert.Equal(expected.Count, _case.Store.Count().Samples);
        Vigie.Storage.DatabaseFiles.Verify(_case.Path);
    }

    [Fact]
    public async Task A_clock_that_jumps_a_year_ahead_deletes_nothing_and_when_it_is_back_cleaning_goes_on()
    {
        long all = await FillAsync();
        var round = Start();
        await round.RunAsync(default);
        Set(Year);
        for (int hours = 0; hours < 20; hours++)
        {
            await round.RunAsync(default);
            Time.Advance(Hour);
        }
        Assert.Equal((all, Year), (_case.Store.Count().Samples, round.Clock.Ahead!.Value));
        Set(-Year);
        Time.Advance(2 * Day);
        await round.RunAsync(default);
        Assert.Null(round.Clock.Ahead);
        Assert.InRange(_case.Store.Count().Samples, 1, all - 1); // what has become too old by the true clock
    }

    [Fact]
    public async Task A_clock_that_stays_ahead_for_a_day_is_believed()
    {
        long all = await FillAsync();
        var round = Start();
        Set(Year);
        await round.RunAsync(default);
        Assert.Equal(Time.GetUtcNow() + Day, round.Clock.Until);
        Time.Advance(Day - Hour);
        await round.RunAsync(default);
        Assert.Equal(all, _case.Store.Count().Samples);
        Time.Advance(Hour);
        await round.RunAsync(default);
        Assert.Null(round.Clock.Ahead);
        Assert.Equal(0, _case.Store.Count().Samples);
    }

    [Fact]
    public async Task A_hub_that_starts_with_a_clock_past_all_its_history_waits_a_day_too()
    {
        long all = await FillAsync();
        Set(30 * Day);
        var round = Start();
        await round.RunAsync(default);
        Assert.Equal(all, _case.Store.Count().Samples);
        Time.Advance(Day);
        await round.RunAsync(default);
        Assert.Equal(0, _case.Store.Count().Samples);
    }

    [Fact]
    public async Task Time_that_passes_and_small_corrections_raise_no_doubt()
    {
        await FillAsync();
        var round = Start();
        foreach (var by in new[] { TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(-30), -3 * Hour, TimeSpan.Zero })
        {
            Time.Advance(Hour);
            Set(by);
            await round.RunAsync(default);
            Assert.Null(round.Clock.Ahead);
        }
        Time.Advance(30 * Day); // a loop that was stuck for a month is late, and not wrong
        await round.RunAsync(default);
        Assert.Equal(0, _case.Store.Count().Samples);
    }

    [Fact]
    public async Task By_hand_it_is_cleaned_whatever_the_clock_says()
    {
        await FillAsync();
        Set(Year);
        await _case.Store.CleanAsync(Time.GetUtcNow() - TimeSpan.FromDays(7), exact: true, null, default);
        Assert.Equal(0, _case.Store.Count().Samples);
    }

    [Fact]
    public async Task A_head_whose_rows_came_before_the_clock_was_set_back_is_sealed_all_the_same()
    {
        Set(Year);
        await _case.WriteAsync("m", 1, Time.GetUtcNow().ToUnixTimeMilliseconds());
        Set(-Year);
        Assert.True(_case.Store.SealIsDue);
    }

    [Fact]
    public async Task Every_page_says_that_nothing_is_deleted_and_why()
    {
        var time = new WrongClock(StoreCase.Now);
        await using var hub = await TestHub.StartAsync(time);
        await hub.Get<SampleIngest>().TakeAsync(OtlpRequests.Of("web1", StoreCase.Now, OtlpRequests.Memory(0.5)), "", default);
        await hub.Get<RetentionRound>().RunAsync(default);
        time.Set(Year);
        await hub.Get<RetentionRound>().RunAsync(default);
        await hub.Get<RetentionRound>().RunAsync(default);
        using var person = await hub.PersonAsync();
        foreach (string page in new[] { "/", "/alerts" })
            Assert.Contains("In case it is wrong, nothing is deleted until", await person.GetStringAsync(page), StringComparison.Ordinal);
        Assert.Single(hub.Log.Lines, l => l.Contains("in case it is wrong", StringComparison.Ordinal));
    }
}
