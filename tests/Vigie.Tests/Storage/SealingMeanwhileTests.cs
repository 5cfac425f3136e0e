using Vigie.Core.Metrics;

namespace Vigie.Tests.Storage;

public sealed class SealingMeanwhileTests
{
    const int Hosts = 40, Before = 20, Meanwhile = 200;

    /// <summary>Groups are frozen one after the other, so blocks hold samples that are in rows of the journal that stay.</summary>
    [Fact]
    public async Task What_is_written_while_groups_are_sealed_is_there_once_and_with_its_last_value()
    {
        using var store = new StoreCase(new() { SealBytes = 1 }); // a transaction for each group
        Series[] all = [.. Enumerable.Range(0, Hosts).Select(i => StoreCase.Series("m", ("host", $"h{i:00}")))];
        var expected = new Dictionary<(string Series, long Time), double>();
        for (int i = 0; i < Before; i++)
            await WriteAsync(i, i);

        var sealing = store.Store.SealAsync(default);
        for (int i = Before; i < Meanwhile; i++)
        {
            await WriteAsync(i, i);
            await WriteAsync(i - (i % 3), -i); // and one that is there already
        }
        await sealing;

        await CheckAsync();
        store.Reopen();
        await CheckAsync();
        await store.Store.SealAsync(default);
        await CheckAsync();
        Assert.Equal(expected.Count, store.Store.Count().Samples);
        Assert.Equal(0, store.Scalar<int>("SELECT count(*) FROM journal"));

        async Task WriteAsync(int instant, double value)
        {
            long time = StoreCase.NowMs - 3_600_000 + (instant * 1000L);
            var batch = new SampleBatch();
            foreach (var series in all)
            {
                batch.Add(series, time, value);
                expected[($"{series.Labels}", time)] = value;
            }
            await store.Store.WriteAsync(batch, default);
        }

        async Task CheckAsync()
        {
            var stored = new Dictionary<(string, long), double>();
            foreach (var series in await store.SelectAsync())
                for (int i = 0; i < series.TimesMs.Length; i++)
                    stored.Add(($"{series.Labels}", series.TimesMs.Span[i]), series.Values.Span[i]);
            Assert.Equal(expected.OrderBy(p => p.Key), stored.OrderBy(p => p.Key));
        }
    }
}
