using BenchmarkDotNet.Attributes;
using Vigie.Core.Metrics;
using Vigie.Storage;
using Vigie.Tests.Core.Blocks;

namespace Vigie.Benchmarks.Store;

/// <summary>Samples of a day of 20 hosts, read from blocks and unpacked.</summary>
[MemoryDiagnoser]
public class SelectBenchmarks
{
    const int Hosts = 20, Instants = 5_760;

    readonly StoreFolder _folder = StoreFolder.New();
    Database? _database;
    MetricStore? _store;

    [GlobalSetup]
    public void Setup()
    {
        _database = _folder.Open();
        _store = new(_database, TimeProvider.System, new() { Raw = TimeSpan.FromDays(36_500) });
        long[] times = HostColumns.Times(Instants);
        for (int host = 0; host < Hosts; host++)
        {
            var series = BenchFleet.Series(host);
            double[][] values = BenchFleet.Values(host, Instants);
            var batch = new SampleBatch();
            for (int i = 0; i < Instants; i++)
                for (int s = 0; s < series.Length; s++)
                    batch.Add(series[s], times[i], values[s][i]);
            ((ISampleWriter)_store).WriteAsync(batch, default).AsTask().GetAwaiter().GetResult();
        }
        _store.SealAsync(default).GetAwaiter().GetResult();
    }

    [Benchmark(Description = "one series: 5,760 samples")]
    public int Series() => Select(Equal(Labels.MetricName, "system_metric_2"), Equal("host", BenchFleet.Host(7)), Equal("state", "used"));

    [Benchmark(Description = "a host's 52 series: 299,520 samples")]
    public int Host() => Select(Equal("host", BenchFleet.Host(7)));

    [Benchmark(Description = "80 series of 20 hosts: 460,800 samples")]
    public int Metric() => Select(Equal(Labels.MetricName, "system_metric_2"));

    int Select(params LabelMatcher[] matchers) =>
        _store!.SelectAsync(new(matchers, 0, long.MaxValue), default).AsTask().GetAwaiter().GetResult().Sum(s => s.Values.Length);

    static LabelMatcher Equal(string name, string value) => new(name, MatchKind.Equal, value);

    [GlobalCleanup]
    public void Close()
    {
        _store!.Dispose();
        _database!.Dispose();
        _folder.Dispose();
    }
}
