using BenchmarkDotNet.Attributes;
using Vigie.Core.Metrics;
using Vigie.Storage;
using Vigie.Tests.Core.Blocks;

namespace Vigie.Benchmarks.Store;

/// <summary>A block of one host's frozen rows; an operation is the whole of it.</summary>
[MemoryDiagnoser]
public class SealBenchmarks
{
    readonly Sealing _sealing = new(2_048);
    FrozenGroup _frozen = null!;

    [Params(192, 2_048)]
    public int Instants { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var group = new SeriesGroup(1, BenchFleet.Host(1), new());
        SeriesEntry[] entries = [.. BenchFleet.Series(1).Select((_, i) => new SeriesEntry(i + 1, [], group))];
        double[][] values = BenchFleet.Values(1, Instants);
        long[] times = HostColumns.Times(Instants);
        for (int i = 0; i < Instants; i++)
            for (int series = 0; series < entries.Length; series++)
                group.Set(entries[series], times[i], values[series][i]);
        group.Freeze();
        _frozen = new(group, group.Frozen, entries, []);
    }

    [Benchmark]
    public int Seal()
    {
        _sealing.Begin();
        _sealing.Seal(_frozen, (_, _) => throw new NotSupportedException("there are no older blocks"));
        return _sealing.Length;
    }
}
