using Vigie.Core.Metrics;
using Vigie.PromQL;

namespace Vigie.Tests.Storage;

/// <summary>Queries over a store that hands series on as it reads them.</summary>
public sealed class StreamedQueryTests : IDisposable
{
    const int Hosts = 60, PerHost = 10, StepMs = 15_000;

    readonly StoreCase _case = new(new() { BlockInstants = 128 });

    public void Dispose() => _case.Dispose();

    /// <summary>The newest quarter is in the head, the rest in blocks.</summary>
    async Task FillAsync(int instants)
    {
        Series[] all =
        [
            .. from host in Enumerable.Range(0, Hosts)
               from n in Enumerable.Range(0, PerHost)
               select StoreCase.Series("m_total", ("host", $"h{host}"), ("n", $"{n}")),
        ];
        var random = new Random(7);
        var batch = new SampleBatch();
        for (int i = 0; i < instants; i++)
        {
            foreach (var series in all)
                batch.Add(series, StoreCase.NowMs - ((instants - 1 - i) * StepMs), random.NextDouble() * 1e3);
            if (i != instants * 3 / 4 && i != instants - 1)
                continue;
            await _case.Store.WriteAsync(batch, default);
            batch.Clear();
            if (i < instants - 1)
                await _case.Store.SealAsync(default);
        }
    }

    [Theory]
    [InlineData("sum(m_total)")]
    [InlineData("avg by (n) (rate(m_total[5m]))")]
    [InlineData("stddev by (host) (m_total)")]
    [InlineData("topk(7, avg_over_time(m_total[4m]))")]
    [InlineData("quantile(0.7, m_total)")]
    [InlineData("max_over_time(m_total[1m]) * 2 > 1000")]
    public async Task An_answer_does_not_depend_on_how_many_threads_have_read_it(string query)
    {
        await FillAsync(500);
        string one = await AnswerAsync(1);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(one, await AnswerAsync(2));
            Assert.Equal(one, await AnswerAsync(4));
        }

        async Task<string> AnswerAsync(int workers)
        {
            var engine = new QueryEngine(_case.Store, new() { Workers = workers });
            var answer = (MatrixResult)await engine.RangeAsync(query, StoreCase.NowMs - (400 * StepMs), StoreCase.NowMs, 60_000);
            return string.Join('\n', answer.Series.Select(s =>
                $"{s.Labels} {string.Join(' ', s.Values.ToArray().Select(BitConverter.DoubleToInt64Bits))}"));
        }
    }

    [Fact]
    public async Task What_a_thread_meets_ends_the_others_and_is_told()
    {
        await FillAsync(500);
        var engine = new QueryEngine(_case.Store, new() { Workers = 4, MaxSamples = 250_000 });
        var error = await Assert.ThrowsAsync<PromQLException>(
            async () => await engine.RangeAsync("sum(m_total)", StoreCase.NowMs - (499 * StepMs), StoreCase.NowMs, 60_000));
        Assert.Contains("raise MaxSamples", error.Message, StringComparison.Ordinal);
        using var leaving = new CancellationTokenSource();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new QueryEngine(_case.Store, new())
            .RangeAsync("sum(m_total)", 0, StoreCase.NowMs, StoreCase.NowMs, leaving.Token));
    }

    [Fact]
    public async Task An_aggregation_allocates_for_its_answer_and_not_for_what_it_reads()
    {
        await FillAsync(500);
        await _case.Store.SealAsync(default);
        var engine = new QueryEngine(_case.Store, new() { Workers = 1 });
        long some = await AllocatedAsync(100), many = await AllocatedAsync(480);
        long read = Hosts * PerHost * 380 * 16L;
        Assert.InRange(many - some, 0, read / 8);

        async Task<long> AllocatedAsync(int instants)
        {
            long least = long.MaxValue;
            for (int i = 0; i < 8; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                var asked = engine.RangeAsync("sum by (host) (rate(m_total[5m]))",
                    StoreCase.NowMs - (instants * StepMs), StoreCase.NowMs, instants * StepMs / 20);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(asked.IsCompletedSuccessfully);
                Assert.Equal(Hosts, ((MatrixResult)await asked).Series.Count);
                least = Math.Min(least, allocated);
            }
            return least;
        }
    }

    [Fact]
    public async Task An_instant_sees_the_newest_sample_wherever_it_is()
    {
        await _case.WriteAsync("sealed", 1, StoreCase.NowMs - 60_000);
        await _case.WriteAsync("both", 1, StoreCase.NowMs - 60_000);
        await _case.WriteAsync("late", 2, StoreCase.NowMs - 60_000);
        await _case.Store.SealAsync(default);
        await _case.WriteAsync("both", 2, StoreCase.NowMs - 30_000);
        await _case.WriteAsync("late", 1, StoreCase.NowMs - 90_000); // older than what its block holds
        await _case.WriteAsync("head", 3, StoreCase.NowMs - 400_000);
        await _case.WriteAsync("head", 4, StoreCase.NowMs);
        await _case.WriteAsync("stale", 1, StoreCase.NowMs - 15_000);
        await _case.WriteAsync("stale", StaleMarker.Value);
        Assert.Equal("both=2 head=4 late=2 sealed=1", await AtAsync(StoreCase.NowMs));
        Assert.Equal("both=2 late=2 sealed=1 stale=1", await AtAsync(StoreCase.NowMs - 10_000));
        Assert.Equal("both=1 late=2 sealed=1", await AtAsync(StoreCase.NowMs - 45_000));
        Assert.Equal("late=1", await AtAsync(StoreCase.NowMs - 90_000));
        Assert.Equal("head=3", await AtAsync(StoreCase.NowMs - 100_001));
        Assert.Equal("", await AtAsync(StoreCase.NowMs - 401_000));

        async Task<string> AtAsync(long at) => string.Join(' ', ((VectorResult)await new QueryEngine(_case.Store, new())
            .InstantAsync("{__name__=~'.+'}", at)).Samples.Select(s => $"{s.Labels}={s.Value}"));
    }
}
