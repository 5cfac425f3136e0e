using BenchmarkDotNet.Attributes;
using Vigie.Core.Metrics;
using Vigie.Storage;

namespace Vigie.Benchmarks.Store;

/// <summary>Finding series by their labels among half a million of 9,600 hosts.</summary>
[MemoryDiagnoser]
public class IndexBenchmarks
{
    const int Hosts = 9_600;

    static readonly LabelMatcher Metric = new(Labels.MetricName, MatchKind.Equal, "system_metric_3");

    readonly SeriesIndex _index = new();
    readonly LabelMatcher[] _metric = [Metric],
        _metricOfHost = [Metric, new("host", MatchKind.Equal, BenchFleet.Host(4_711))],
        _someHosts = [Metric, new("host", MatchKind.Regex, "host-047.*")],
        _notOneState = [Metric, new("state", MatchKind.NotEqual, "idle")];

    [GlobalSetup]
    public void Setup()
    {
        var memory = new StoreMemory();
        long id = 0;
        for (int host = 0; host < Hosts; host++)
        {
            var group = new SeriesGroup(host, BenchFleet.Host(host));
            foreach (var series in BenchFleet.Series(host))
                _index.Add(new(++id, series.Labels, group, memory));
        }
    }

    [Benchmark(Description = "equal: 38,400 found")]
    public int Equal() => _index.Find(_metric).Count;

    [Benchmark(Description = "two equals: 4 found")]
    public int TwoEquals() => _index.Find(_metricOfHost).Count;

    [Benchmark(Description = "equal and a pattern: 400 found")]
    public int Pattern() => _index.Find(_someHosts).Count;

    [Benchmark(Description = "equal and not equal: 28,800 found")]
    public int NotEqual() => _index.Find(_notOneState).Count;
}
