using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Vigie.Core.Metrics;
using Vigie.Storage;

namespace Vigie.Benchmarks.Store;

/// <summary>A batch of known series, durable: an operation is a commit, and the disk's answer is most of a small one.</summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Throughput, launchCount: 1, warmupCount: 6, iterationCount: 15, invocationCount: 16)]
public class AppendBenchmarks
{
    readonly StoreFolder _folder = StoreFolder.New();
    readonly SampleBatch _batch = new();
    Database? _database;
    MetricStore? _store;
    Series[] _series = [];
    long _timeMs;

    [Params(52, 5_200, 52_000)]
    public int Samples { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _database = _folder.Open();
        _store = new(_database, TimeProvider.System, new());
        _series = [.. Enumerable.Range(0, Samples / BenchFleet.SeriesPerHost).SelectMany(BenchFleet.Series)];
        _timeMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 86_400_000;
    }

    /// <summary>What was written is sealed, so that each round begins with an empty head and a pool of chunks.</summary>
    [IterationSetup]
    public void Seal() => _store!.SealAsync(default).GetAwaiter().GetResult();

    [Benchmark]
    public WriteResult Append()
    {
        _batch.Clear();
        _timeMs += 1_000;
        foreach (var series in _series)
            _batch.Add(series, _timeMs, _timeMs % 977);
        return ((ISampleWriter)_store!).WriteAsync(_batch, default).AsTask().GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Close()
    {
        _store!.Dispose();
        _database!.Dispose();
        _folder.Dispose();
    }
}
