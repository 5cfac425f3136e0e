using Vigie.Agent.Running;

namespace Vigie.Tests.Agent.Running;

public sealed class RoundLoopTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>On a thread of its own, as the program's main thread is.</summary>
    static async Task<T> RunAsync<T>(Func<RoundLoop, Task<T>> work)
    {
        using var loop = new RoundLoop(TimeProvider.System);
        return await Task.Factory.StartNew(() => loop.Run(work(loop)), Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact]
    public async Task What_waits_goes_on_in_the_thread_of_the_loop_whoever_has_woken_it()
    {
        var threads = await RunAsync(async loop =>
        {
            using Waker waker = new(TimeProvider.System, loop), other = new(TimeProvider.System, loop);
            var threads = new List<int> { Environment.CurrentManagedThreadId };
            Assert.False(await waker.WaitAsync(TimeSpan.FromMilliseconds(20), Ct));
            threads.Add(Environment.CurrentManagedThreadId);
            _ = Task.Run(waker.Wake, Ct);
            Assert.True(await waker.WaitAsync(Timeout.InfiniteTimeSpan, Ct));
            threads.Add(Environment.CurrentManagedThreadId);
            other.Wake();
            Assert.True(await other.WaitAsync(TimeSpan.FromMinutes(1), Ct));
            threads.Add(Environment.CurrentManagedThreadId);
            return threads;
        });
        Assert.Single(threads.Distinct());
    }

    [Fact]
    public async Task A_wait_that_another_thread_begins_shortens_the_sleep()
    {
        var took = await RunAsync(async loop =>
        {
            using Waker slow = new(TimeProvider.System, loop), soon = new(TimeProvider.System, loop);
            var sleeps = slow.WaitAsync(TimeSpan.FromSeconds(30), Ct).AsTask();
            long began = TimeProvider.System.GetTimestamp();
            await Task.Run(async () => Assert.False(await soon.WaitAsync(TimeSpan.FromMilliseconds(50), Ct)), Ct);
            var took = TimeProvider.System.GetElapsedTime(began);
            slow.Wake();
            Assert.True(await sleeps);
            return took;
        });
        Assert.InRange(took, TimeSpan.FromMilliseconds(49), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_and_the_loop()
    {
        using var stop = new CancellationTokenSource();
        var run = RunAsync(async loop =>
        {
            using var waker = new Waker(TimeProvider.System, loop);
            await waker.WaitAsync(Timeout.InfiniteTimeSpan, stop.Token);
            return 0;
        });
        stop.CancelAfter(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(30), Ct));
    }

    [Fact]
    public async Task Thousands_of_calls_from_many_threads_lose_none()
    {
        const int Wanted = 20_000;
        int done = await RunAsync(async loop =>
        {
            using var waker = new Waker(TimeProvider.System, loop);
            int done = 0;
            var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                while (Volatile.Read(ref done) < Wanted)
                {
                    waker.Wake();
                    Thread.Yield();
                }
            }, Ct)).ToArray();
            for (; done < Wanted; Volatile.Write(ref done, done + 1))
                Assert.True(await waker.WaitAsync(TimeSpan.FromMinutes(1), Ct));
            await Task.WhenAll(callers);
            return done;
        });
        Assert.Equal(Wanted, done);
    }

    [Fact]
    public async Task Work_that_hangs_on_the_side_keeps_nothing_else_from_being_done()
    {
        var side = new SideThread();
        using var go = new ManualResetEventSlim();
        var hangs = side.Run(() =>
        {
            go.Wait(Ct);
            return new ValueTask<int>(1);
        });
        var next = side.Run(() => new ValueTask<int>(2));
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
        Assert.False(next.IsCompleted);
        side.Relieve();
        Assert.Equal(2, await next.WaitAsync(TimeSpan.FromSeconds(30), Ct));
        Assert.False(hangs.IsCompleted);
        go.Set();
        Assert.Equal(1, await hangs.WaitAsync(TimeSpan.FromSeconds(30), Ct));
        await Assert.ThrowsAsync<IOException>(() => side.Run<int>(() => throw new IOException("broken")));
        Assert.Equal(3, await side.Run(() => new ValueTask<int>(3)));
    }
}
