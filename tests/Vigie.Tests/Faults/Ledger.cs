using Vigie.Core.Metrics;
using Vigie.Storage;
using Vigie.Tests.Storage;

namespace Vigie.Tests.Faults;

/// <summary>The acknowledged batches, kept outside of what is killed, and what the store must hold because of them.</summary>
sealed class Ledger
{
    readonly HashSet<int> _acknowledged = [];

    public int Count => _acknowledged.Count;

    /// <summary>A number behind all that were ever sent: few are on their way at a time.</summary>
    public int Next { get; private set; }

    public void Acknowledge(int batch)
    {
        Assert.True(_acknowledged.Add(batch), $"batch {batch} was acknowledged twice");
        Next = Math.Max(Next, batch + 1);
    }

    /// <summary>Those that were on their way may have been stored.</summary>
    public void Skip() => Next += 10;

    /// <summary>Acknowledged is stored, stored is whole, every value is right bit for bit, and none is there twice.</summary>
    public async Task CheckAsync(string path)
    {
        if (Count > 0) // otherwise there may be no file yet
            DatabaseFiles.Verify(path);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(StoreCase.Now);
        using var database = Database.Open(path, time);
        using var store = new MetricStore(database, time, new());
        long samples = Check(await StoreCase.SelectAsync(store));
        await store.SealAsync(default);
        Assert.Equal(samples, Check(await StoreCase.SelectAsync(store)));
        Assert.Equal(samples, DatabaseFiles.Verify(path).Samples);
    }

    /// <returns>How many samples there are, rollups not counted.</returns>
    public long Check(IReadOnlyList<SeriesSamples> answer)
    {
        var batches = Enumerable.Range(0, Next + 10).ToDictionary(LedgerBatch.TimeMs);
        var stored = new Dictionary<int, int>();
        long samples = 0;
        foreach (var series in answer)
            for (int i = 0; i < series.TimesMs.Length; i++)
            {
                long timeMs = series.TimesMs.Span[i];
                if (!LedgerBatch.IsOne(timeMs))
                    continue;
                int batch = batches[timeMs];
                string n = series.Labels["n"];
                int place = n.StartsWith("new-", StringComparison.Ordinal) ? 0 : int.Parse(n);
                Assert.Equal(LedgerBatch.LabelsOf(batch, place), (series.Labels["host"], n));
                Assert.Equal(BitConverter.DoubleToInt64Bits(LedgerBatch.Value(batch, place)),
                    BitConverter.DoubleToInt64Bits(series.Values.Span[i]));
                stored[batch] = stored.GetValueOrDefault(batch) + 1;
                samples++;
            }
        Assert.All(_acknowledged.Where(b => !LedgerBatch.IsExpendable(b)),
            batch => Assert.True(stored.ContainsKey(batch), $"batch {batch} was acknowledged and is gone"));
        Assert.All(stored.Where(b => !LedgerBatch.IsExpendable(b.Key)),
            batch => Assert.True(batch.Value == LedgerBatch.Samples, $"batch {batch.Key} is there in part: {batch.Value} samples"));
        return samples;
    }
}
