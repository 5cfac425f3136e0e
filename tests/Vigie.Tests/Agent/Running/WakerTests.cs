using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Running;

namespace Vigie.Tests.Agent.Running;

public sealed class WakerTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_wait_ends_by_a_call_or_by_the_time()
    {
        using var waker = new Waker(_time);
        var woken = waker.WaitAsync(TimeSpan.FromSeconds(5), default).AsTask();
        waker.Wake();
        Assert.True(await woken);

        var over = waker.WaitAsync(TimeSpan.FromSeconds(5), default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(over.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(await over);
    }

    [Fact]
    public async Task A_call_that_comes_first_is_kept_once()
    {
        using var waker = new Waker(_time);
        waker.Wake();
        waker.Wake();
        Assert.True(await waker.WaitAsync(Timeout.InfiniteTimeSpan, default));
        Assert.False(await waker.WaitAsync(TimeSpan.Zero, default));
        waker.Wake();
        waker.Reset();
        Assert.False(await waker.WaitAsync(TimeSpan.Zero, default));
    }

    [Fact]
    public async Task The_timer_of_an_earlier_wait_ends_no_later_one()
    {
        using var waker = new Waker(_time);
        var first = waker.WaitAsync(TimeSpan.FromSeconds(5), default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(3));
        waker.Wake();
        await first;
        var second = waker.WaitAsync(Timeout.InfiniteTimeSpan, default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(second.IsCompleted);
        waker.Wake();
        Assert.True(await second);
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_and_the_next_one_works()
    {
        using var waker = new Waker(_time);
        using var stop = new CancellationTokenSource();
        var wait = waker.WaitAsync(Timeout.InfiniteTimeSpan, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waker.WaitAsync(TimeSpan.FromSeconds(1), stop.Token).AsTask());
        waker.Wake();
        Assert.True(await waker.WaitAsync(TimeSpan.FromSeconds(1), default));
    }

    [Fact]
    public async Task Thousands_of_calls_from_many_threads_lose_none()
    {
        using var waker = new Waker(TimeProvider.System);
        int done = 0, wanted = 20_000;
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (Volatile.Read(ref done) < wanted)
            {
                waker.Wake();
                Thread.Yield();
            }
        }, TestContext.Current.CancellationToken)).ToArray();
        for (; done < wanted; done++)
            Assert.True(await waker.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        await Task.WhenAll(callers);
    }
}
