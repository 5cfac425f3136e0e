using System.Diagnostics;
using System.Globalization;
using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.Storage;

namespace Vigie.Benchmarks.Store;

/// <summary>A rule's question over a large fleet at one instant, as the hub asks it: the newest samples are in the head.</summary>
static class RuleQuery
{
    const string Question = "max by (host) (system_memory_utilization_ratio{state=\"used\"}) >= 0.9";

    const int Instants = 20, Rounds = 11, StepMs = 15_000;

    static readonly TimeSpan Warming = TimeSpan.FromSeconds(2);

    /// <summary>Prints hosts, milliseconds (median), kilobytes allocated, and series of the answer.</summary>
    public static async Task RunAsync(int hosts, TextWriter to)
    {
        using var folder = StoreFolder.New();
        using var database = folder.Open();
        using var store = new MetricStore(database, TimeProvider.System, new());
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await FillAsync(store, hosts, now);
        var engine = new QueryEngine(store, new());
        int answered = 0;
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < Warming;)
            answered = ((VectorResult)await engine.InstantAsync(Question, now)).Samples.Count;
        var times = new List<double>();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            await engine.InstantAsync(Question, now);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        long bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / Rounds;
        times.Sort();
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hosts}\t{times[Rounds / 2]:f2}\t{bytes >> 10}\t{answered}"));
    }

    /// <summary>Every host reports at an instant of its own, four series of the metric and as many of another.</summary>
    static async Task FillAsync(MetricStore store, int hosts, long now)
    {
        Series[][] fleet = [.. Enumerable.Range(0, hosts).Select(host => Series(BenchFleet.Host(host)).ToArray())];
        var batch = new SampleBatch();
        for (int instant = Instants - 1; instant >= 0; instant--)
        {
            batch.Clear();
            for (int host = 0; host < hosts; host++)
                for (int i = 0; i < fleet[host].Length; i++)
                    batch.Add(fleet[host][i], now - (instant * StepMs) - (host * 7 % StepMs), (host + i) % 100 / 100.0);
            await store.WriteAsync(batch, default);
        }
    }

    static IEnumerable<Series> Series(string host) =>
        from metric in new[] { "system_memory_utilization_ratio", "system_cpu_utilization_ratio" }
        from state in new[] { "used", "free", "cached", "buffered" }
        select new Series(Labels.Of(metric, ("host", host), ("job", "fleet"), ("state", state)), new(metric, "", MetricKind.Gauge, ""));
}
