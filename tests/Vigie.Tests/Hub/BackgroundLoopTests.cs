using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vigie.Hub;

namespace Vigie.Tests.Hub;

public sealed class BackgroundLoopTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Moves time on until the loop has run another round; a loop that has died never does, and the run is stopped from
    /// outside.</summary>
    static async Task RoundAsync(FakeTimeProvider time, SemaphoreSlim rounds, TimeSpan step)
    {
        while (!await rounds.WaitAsync(TimeSpan.FromMilliseconds(5), Ct))
            time.Advance(step);
    }

    [Fact]
    public async Task A_failing_loop_goes_on_shows_why_and_recovers()
    {
        var time = new FakeTimeProvider();
        using var rounds = new SemaphoreSlim(0);
        int round = 0;
        using var loop = new BackgroundLoop("test", TimeSpan.FromSeconds(10), _ =>
        {
            rounds.Release();
            return ++round <= 3 ? throw new InvalidOperationException($"broken {round}") : Task.CompletedTask;
        }, time, NullLogger<BackgroundLoop>.Instance);
        await loop.StartAsync(Ct);
        for (int i = 0; i < 3; i++)
            await RoundAsync(time, rounds, TimeSpan.FromSeconds(1));
        while (loop.LastFailure is not { Times: 3 })
            await Task.Yield();
        Assert.Equal("broken 3", loop.LastFailure?.Reason);
        await RoundAsync(time, rounds, TimeSpan.FromSeconds(1));
        while (loop.LastFailure is not null)
            await Task.Yield();
        await loop.StopAsync(Ct);
    }

    [Fact]
    public async Task A_failing_loop_backs_off()
    {
        var time = new FakeTimeProvider();
        using var rounds = new SemaphoreSlim(0);
        using var loop = new BackgroundLoop("test", TimeSpan.FromSeconds(10), _ =>
        {
            rounds.Release();
            throw new InvalidOperationException("broken");
        }, time, NullLogger<BackgroundLoop>.Instance);
        await loop.StartAsync(Ct);
        var starts = new List<DateTimeOffset>();
        for (int i = 0; i < 5; i++)
        {
            await RoundAsync(time, rounds, TimeSpan.FromSeconds(1));
            starts.Add(time.GetUtcNow());
        }
        Assert.True(starts[4] - starts[3] > (starts[1] - starts[0]) * 3, string.Join(", ", starts));
        await loop.StopAsync(Ct);
    }

    [Fact]
    public async Task Work_that_is_done_rarely_is_tried_again_soon()
    {
        var time = new FakeTimeProvider();
        using var rounds = new SemaphoreSlim(0);
        using var loop = new BackgroundLoop("test", TimeSpan.FromHours(12), _ =>
        {
            rounds.Release();
            throw new InvalidOperationException("broken");
        }, time, NullLogger<BackgroundLoop>.Instance);
        await loop.StartAsync(Ct);
        await rounds.WaitAsync(Ct);
        var start = time.GetUtcNow();
        await RoundAsync(time, rounds, TimeSpan.FromSeconds(10));
        Assert.InRange(time.GetUtcNow() - start, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
        await loop.StopAsync(Ct);
    }

    [Fact]
    public async Task A_sleeping_loop_can_be_woken()
    {
        var time = new FakeTimeProvider();
        using var rounds = new SemaphoreSlim(0);
        using var loop = new BackgroundLoop("test", TimeSpan.FromDays(1), _ =>
        {
            rounds.Release();
            return Task.CompletedTask;
        }, time, NullLogger<BackgroundLoop>.Instance);
        await loop.StartAsync(Ct);
        await rounds.WaitAsync(Ct);
        loop.Wake();
        await rounds.WaitAsync(Ct);
        await loop.StopAsync(Ct);
    }
}
