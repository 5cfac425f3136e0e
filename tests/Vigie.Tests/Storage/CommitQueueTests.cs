using System.Collections.Concurrent;
using Vigie.Core.Metrics;
using Vigie.Storage;

namespace Vigie.Tests.Storage;

public sealed class CommitQueueTests
{
    [Fact]
    public void A_group_grows_to_all_who_send_though_nobody_comes_while_it_is_committed()
    {
        var size = new GroupSize();
        for (int i = 0; i < 100; i++)
            size.Learn(Math.Min(size.Expected, 4), 0);
        Assert.InRange(size.Expected, 4, 5);
    }

    [Fact]
    public void One_more_is_waited_for_ever_more_seldom_when_nobody_comes()
    {
        var size = new GroupSize();
        int inVain = 0;
        for (int i = 0; i < 10_000; i++)
        {
            inVain += size.Expected > 1 ? 1 : 0;
            size.Learn(1, 0);
        }
        Assert.InRange(inVain, 5, 20);
    }

    [Fact]
    public void Who_has_gone_is_not_waited_for()
    {
        var size = new GroupSize();
        size.Learn(6, 4);
        Assert.Equal(10, size.Expected);
        size.Learn(2, 0);
        Assert.Equal(2, size.Expected);
    }

    [Fact]
    public async Task Each_of_many_senders_is_committed_once_and_told()
    {
        var committed = new ConcurrentBag<SampleBatch>();
        using var queue = new CommitQueue((batches, _) =>
        {
            foreach (var waiting in batches)
                committed.Add(waiting.Batch);
            return true;
        });
        var sent = new ConcurrentBag<SampleBatch>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                var batch = new SampleBatch();
                sent.Add(batch);
                await queue.EnterAsync(new(batch));
                await Task.Yield();
            }
        })));
        Assert.Equal(sent.Count, committed.Count);
        Assert.Equal(sent.ToHashSet(), committed.ToHashSet());
    }

    [Fact]
    public async Task On_a_slow_disk_the_thread_of_a_sender_is_not_held_up()
    {
        var threads = new List<string?>();
        using var never = new ManualResetEventSlim();
        using var queue = new CommitQueue((_, _) =>
        {
            threads.Add(Thread.CurrentThread.Name);
            never.Wait(20); // so long does this disk take
            return true;
        });
        for (int i = 0; i < 3; i++)
        {
            await queue.EnterAsync(new(new()));
            await Task.Yield();
        }
        Assert.Equal(["commit", "commit"], threads[1..]);
    }

    [Fact]
    public async Task A_sender_hears_why_its_group_was_not_committed_and_the_next_one_is()
    {
        bool fails = true;
        using var queue = new CommitQueue((_, _) => fails ? throw new StoreUnavailableException("the disk is full") : true);
        Assert.Equal("the disk is full",
            (await Assert.ThrowsAsync<StoreUnavailableException>(() => queue.EnterAsync(new(new())))).Message);
        fails = false;
        await queue.EnterAsync(new(new()));
    }
}
