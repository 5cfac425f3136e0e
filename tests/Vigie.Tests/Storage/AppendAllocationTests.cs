using Vigie.Core.Metrics;

namespace Vigie.Tests.Storage;

public sealed class AppendAllocationTests
{
    const int Hosts = 100, SeriesPerHost = 100, Instants = 7;

    [Fact]
    public async Task A_sample_of_a_known_series_allocates_nothing()
    {
        using var store = new StoreCase();
        Series[] all =
        [
            .. from host in Enumerable.Range(0, Hosts)
               from number in Enumerable.Range(0, SeriesPerHost)
               select StoreCase.Series($"m{number}", ("host", $"h{host}")),
        ];
        long time = StoreCase.NowMs - 3_600_000;
        // Series become known, buffers get their size, and what is sealed leaves its chunks for what comes: fewer instants than
        // one chunk holds.
        await WriteAsync(all, 2 * Instants);
        var (some, many) = (long.MaxValue, long.MaxValue);
        // The least of a few rounds: now and then the runtime allocates something of its own in the midst of one.
        for (int round = 0; round < 5; round++)
        {
            await store.Store.SealAsync(default);
            await WriteAsync(all, 1);
            some = Math.Min(some, await WriteAsync(all.AsMemory(0, SeriesPerHost), Instants));
            many = Math.Min(many, await WriteAsync(all, Instants));
        }

        // A write has its task and what carries it through the queue; nothing of that may grow with the samples.
        Assert.InRange(some, 1, Instants * 1_000);
        Assert.InRange(many, 1, Instants * 2_000);
        // Sixty-nine thousand samples lie between the two: one byte for each would be far outside.
        Assert.InRange(many - some, -2_000, 2_000);

        async Task<long> WriteAsync(ReadOnlyMemory<Series> series, int instants)
        {
            ISampleWriter writer = store.Store;
            var batch = new SampleBatch();
            long allocated = 0;
            for (int i = 0; i < instants; i++)
            {
                batch.Clear();
                time += 1000;
                foreach (var one in series.Span)
                    batch.Add(one, time, i * 1.5);
                // Nobody else writes, so this thread commits, and is done when it comes back; but now and then one sender more is
                // waited for, and another thread commits.
                long before = GC.GetAllocatedBytesForCurrentThread();
                var write = writer.WriteAsync(batch, default);
                allocated = write.IsCompleted ? allocated + GC.GetAllocatedBytesForCurrentThread() - before : long.MaxValue / 2;
                Assert.Equal(series.Length, (await write).Written);
                await Task.Yield(); // not in the thread that has committed
            }
            return allocated;
        }
    }
}
