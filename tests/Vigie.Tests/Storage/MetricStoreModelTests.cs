using CsCheck;
using Vigie.Core.Metrics;

namespace Vigie.Tests.Storage;

/// <summary>The store against a dictionary that does the same in the plainest way.</summary>
public sealed class MetricStoreModelTests
{
    sealed record Step(int Kind, (int Series, int Time, long Bits)[] Samples);

    static readonly long[] Special =
    [
        0, long.MinValue, 0x7ff0_0000_0000_0000, unchecked((long)0xfff0_0000_0000_0000), // zeros and infinities
        0x7ff0_0000_0000_0002, 0x7ff8_0000_0000_0001, -1, // the stale marker and other NaN
    ];

    static readonly Gen<long> Value = Gen.OneOf(
        Gen.Double.Select(BitConverter.DoubleToInt64Bits),
        Gen.Long, // any bits: subnormals, NaN with every payload
        Gen.Int[0, 6].Select(i => Special[i]));

    static readonly Gen<Step> AnyStep = Gen.Select(Gen.Int[0, 12],
        Gen.Select(Gen.Int[0, 12], Gen.Int[-20, 60], Value).Array[0, 30], (kind, samples) => new Step(kind, samples));

    [Fact]
    public void Random_batches_are_kept_as_a_dictionary_would_keep_them() => AnyStep.Array[1, 12].Sample(Run, iter: 60, threads: 1);

    static void Run(Step[] steps)
    {
        using var store = new StoreCase(StoreCase.RawOnly with { BlockInstants = 8 }); // small blocks: many are merged, cut and split
        var model = new Dictionary<(string Series, long Time), long>();
        var all = Enumerable.Range(0, 13)
            .Select(i => StoreCase.Series($"m{i % 3}", ("host", $"h{i}"), ("quote", "\"\\\n\u00e9")))
            .ToArray();
        foreach (var step in steps)
        {
            if (step.Kind == 0)
                store.Reopen();
            if (step.Kind == 1)
                all = [.. all.Select(s => new Series(s.Labels, s.Metric))]; // a reader that has forgotten
            if (step.Kind == 2)
                Delete(store, model, StoreCase.Now - TimeSpan.FromDays(3));
            if (step.Kind is 3 or 4)
                store.Store.SealAsync(default).GetAwaiter().GetResult();
            if (step.Kind == 5)
            {
                // another process seals, or deletes, behind this one's back
                var (database, second) = store.Open();
                using (database)
                using (second)
                    second.SealAsync(default).GetAwaiter().GetResult();
            }
            var batch = new SampleBatch();
            int late = 0;
            foreach (var (series, time, bits) in step.Samples)
            {
                // Times repeat, go backwards, and some are past the history kept.
                long ms = StoreCase.NowMs - (time * 4 * 3_600_000L);
                batch.Add(all[series], ms, BitConverter.Int64BitsToDouble(bits));
                if (StoreCase.NowMs - ms > 7 * 86_400_000L)
                    late++;
                else
                    model[(all[series].Labels.ToString(), ms)] = bits; // the last value wins
            }
            var result = store.Store.WriteAsync(batch, default).AsTask().GetAwaiter().GetResult();
            Assert.Equal((step.Samples.Length - late, late), (result.Written, result.Refused));
            Assert.Equal(late > 0, result.Reason is not null);
        }
        Check(store, model);
        store.Store.SealAsync(default).GetAwaiter().GetResult();
        Check(store, model);
        Assert.Equal(model.Count, store.Store.Count().Samples);
        var report = Vigie.Storage.DatabaseFiles.Verify(store.Path);
        Assert.Equal((model.Count, model.Keys.Select(k => k.Series).Distinct(StringComparer.Ordinal).Count()), (report.Samples, report.Series));
    }

    static void Check(StoreCase store, Dictionary<(string Series, long Time), long> model)
    {
        var stored = new Dictionary<(string, long), long>();
        foreach (var series in store.SelectAsync().GetAwaiter().GetResult())
            for (int i = 0; i < series.TimesMs.Length; i++)
                stored.Add((series.Labels.ToString(), series.TimesMs.Span[i]), BitConverter.DoubleToInt64Bits(series.Values.Span[i]));
        Assert.Equal(model.OrderBy(p => p.Key), stored.OrderBy(p => p.Key));
    }

    static void Delete(StoreCase store, Dictionary<(string, long Time), long> model, DateTimeOffset cut)
    {
        var gone = model.Keys.Where(k => k.Time < cut.ToUnixTimeMilliseconds()).ToList();
        Assert.Equal(gone.Count, store.Store.CleanAsync(cut, exact: true, null, default).GetAwaiter().GetResult());
        foreach (var key in gone)
            model.Remove(key);
        Assert.Equal(model.Keys.Select(k => k.Item1).Distinct(StringComparer.Ordinal).Count(), store.Store.Count().Series);
    }
}
