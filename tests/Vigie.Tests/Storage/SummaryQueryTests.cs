using Vigie.Core.Metrics;
using Vigie.PromQL;

namespace Vigie.Tests.Storage;

/// <summary>Functions over windows of which the samples are gone and rollups are left, against the answers before they went.</summary>
public sealed class SummaryQueryTests : IDisposable
{
    const long Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;

    static readonly Series Gauge = StoreCase.Series("temperature", ("host", "a"));

    static readonly Series Counter = new(Labels.Of("requests_total", ("host", "a")), new("requests", "", MetricKind.Counter, "Help."));

    static readonly long Start = (StoreCase.NowMs / Day * Day) - (5 * Day);

    readonly StoreCase _case = new();

    public void Dispose() => _case.Dispose();

    /// <summary>Two days of samples a minute apart, with one spike a day of one sample; then nobody looks for so many days.</summary>
    async Task FillAsync()
    {
        var batch = new SampleBatch();
        for (long ms = Start + Minute; ms <= Start + (2 * Day); ms += Minute)
        {
            batch.Add(Gauge, ms, ms % Day == 7 * Hour + (13 * Minute) ? 1_000 : Math.Round(20 + (5 * Math.Sin(ms / 7e6)), 2));
            batch.Add(Counter, ms, (ms / Minute) % 1_000 * 1.5);
        }
        await _case.Store.WriteAsync(batch, default);
        await _case.Store.SealAsync(default);
    }

    async Task AgeAsync(int days)
    {
        await _case.Store.CleanAsync(StoreCase.Now - TimeSpan.FromDays(7), exact: false, null, default);
        _case.Time.Advance(TimeSpan.FromDays(days));
        await _case.Store.CleanAsync(_case.Time.GetUtcNow() - TimeSpan.FromDays(7), exact: true, null, default);
    }

    async Task<double[]> AskAsync(string query, long step)
    {
        var engine = new QueryEngine(_case.Store, new() { Time = _case.Time });
        var answer = (MatrixResult)await engine.RangeAsync(query, Start + (4 * Hour), Start + (30 * Hour), step);
        return Assert.Single(answer.Series).Values.ToArray();
    }

    [Theory]
    [InlineData("min_over_time(temperature[RANGE])")]
    [InlineData("max_over_time(temperature[RANGE])")]
    [InlineData("sum_over_time(temperature[RANGE])")]
    [InlineData("count_over_time(temperature[RANGE])")]
    [InlineData("avg_over_time(temperature[RANGE])")]
    [InlineData("count_over_time(requests_total[RANGE])")]
    [InlineData("max by (host) (max_over_time(temperature[RANGE]) - 1)")]
    public async Task What_a_window_held_is_known_when_its_samples_are_gone(string query)
    {
        await FillAsync();
        var (minutes, hours) = (await RoundedAsync("15m", 15 * Minute), await RoundedAsync("3h", Hour));
        await AgeAsync(30);
        Assert.Equal(minutes, await RoundedAsync("15m", 15 * Minute));
        await AgeAsync(90);
        Assert.Equal(hours, await RoundedAsync("3h", Hour));

        async Task<double[]> RoundedAsync(string range, long step) =>
            [.. (await AskAsync(query.Replace("RANGE", range, StringComparison.Ordinal), step)).Select(v => Math.Round(v, 6))];
    }

    [Fact]
    public async Task A_spike_within_a_bucket_is_still_seen()
    {
        await FillAsync();
        await AgeAsync(30);
        Assert.Contains(1_000, await AskAsync("max_over_time(temperature[5m])", 5 * Minute));
        Assert.DoesNotContain(1_000, await AskAsync("temperature", 5 * Minute)); // it was not the last of its bucket
        await AgeAsync(90);
        Assert.Contains(1_000, await AskAsync("max_over_time(temperature[1h])", Hour));
        Assert.DoesNotContain(1_000, await AskAsync("max_over_time(temperature[30m])", 30 * Minute)); // narrower than the bucket
    }

    [Fact]
    public async Task A_counter_has_grown_as_much_as_it_had()
    {
        await FillAsync();
        double before = (await AskAsync("increase(requests_total[6h])", 6 * Hour))[^1];
        await AgeAsync(30);
        Assert.InRange((await AskAsync("increase(requests_total[6h])", 6 * Hour))[^1], before * 0.97, before * 1.03);
    }
}
