using Microsoft.Extensions.Time.Testing;
using Vigie.Hub.Alerts;

namespace Vigie.Tests.Hub.Alerts;

public sealed class AlertPaceTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.02, 1), InlineData(0.5, 5), InlineData(3, 30)]
    public async Task A_round_follows_within_a_second_and_takes_no_more_than_a_tenth(double takes, double pause)
    {
        var time = new FakeTimeProvider();
        var pace = new AlertPace(time);
        Assert.Equal(TimeSpan.Zero, pace.Pause);
        await pace.RunAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(takes));
            return Task.CompletedTask;
        }, Ct);
        Assert.Equal(TimeSpan.FromSeconds(pause), pace.Pause);
        var next = pace.RunAsync(() => Task.CompletedTask, Ct);
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(pause));
        await next;
    }

    [Fact]
    public async Task A_round_that_fails_is_paced_as_well()
    {
        var pace = new AlertPace(new FakeTimeProvider());
        await Assert.ThrowsAsync<IOException>(() => pace.RunAsync(() => throw new IOException("no"), Ct));
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Pause);
    }

    [Fact]
    public void What_the_hub_measures_itself_is_stored_each_quarter_of_a_minute()
    {
        var time = new FakeTimeProvider();
        var pace = new AlertPace(time);
        int taken = 0;
        for (int second = 0; second < 60; second++, time.Advance(TimeSpan.FromSeconds(1)))
            taken += pace.TakeSweep() ? 1 : 0;
        Assert.Equal(5, taken);
    }
}
