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

    readonly StoreMemory _memory = new();
    readonly LabelMatcher[] _metric = [Metric],
        _metricOfHost = [Metric, new("host", MatchKind.Equal, BenchFleet.Host(4_711))],
        _someHosts = [Metric, new("host", MatchKind.Regex, "host-047.*")],
        _notOneState = [Metric, new("state", MatchKind.NotEqual, "idle")];

    [GlobalSetup]
    public void Setup()
    {
        long id = 0;
        var packed = new ByteBuffer();
        for (int host = 0; host < Hosts; host++)
        {
            var group = new SeriesGroup(host, BenchFleet.Host(host), _memory);
            foreach (var series in BenchFleet.Series(host))
            {
                while (!_memory.Symbols.TryPack(series.Labels, packed))
                    Learn(series.Labels);
                _memory.Add(new SeriesEntry(++id, packed.Written.ToArray(), group));
            }
        }
    }

    void Learn(Labels labels)
    {
        foreach (var label in labels.Span)
            foreach (string word in (string[])[label.Name, label.Value])
                if (!_memory.Symbols.TryFind(word, out _))
                    _memory.Symbols.Add(_memory.Symbols.Next, word);
    }

    [Benchmark(Description = "equal: 38,400 found")]
    public int Equal() => _memory.Index.Find(_metric).Count;

    [Benchmark(Description = "two equals: 4 found")]
    public int TwoEquals() => _memory.Index.Find(_metricOfHost).Count;

    [Benchmark(Description = "equal and a pattern: 400 found")]
    public int Pattern() => _memory.Index.Find(_someHosts).Count;

    [Benchmark(Description = "equal and not equal: 28,800 found")]
    public int NotEqual() => _memory.Index.Find(_notOneState).Count;
}
