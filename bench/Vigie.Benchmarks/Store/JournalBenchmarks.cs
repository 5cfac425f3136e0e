using BenchmarkDotNet.Attributes;
using Vigie.Core.Metrics;
using Vigie.Storage;

namespace Vigie.Benchmarks.Store;

/// <summary>A row of the journal with an instant of 40 hosts; an operation is one sample.</summary>
[MemoryDiagnoser]
public class JournalBenchmarks
{
    const int Hosts = 40, Samples = Hosts * BenchFleet.SeriesPerHost;

    readonly ByteBuffer _row = new();
    readonly SeriesEntry[] _entries = new SeriesEntry[Samples];
    readonly long[] _times = new long[Samples];
    readonly double[] _values = new double[Samples];
    double _sum;

    [GlobalSetup]
    public void Setup()
    {
        var memory = new StoreMemory();
        for (int host = 0, i = 0; host < Hosts; host++)
        {
            var group = new SeriesGroup(host, BenchFleet.Host(host), memory);
            double[][] values = BenchFleet.Values(host, 100);
            for (int series = 0; series < BenchFleet.SeriesPerHost; series++, i++)
                (_entries[i], _times[i], _values[i]) = (new(i + 1, [], group), 1_790_000_000_000, values[series][^1]);
        }
        Encode();
        Console.WriteLine($"// {_row.Length / (double)Samples:f2} bytes a sample");
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Encode()
    {
        JournalCodec.Begin(_row);
        JournalCodec.Append(_row, _entries, _times, _values);
        JournalCodec.End(_row);
        return _row.Length;
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public double Decode()
    {
        _sum = 0;
        JournalCodec.Read(_row.Written, (_, _, value) => _sum += value);
        return _sum;
    }
}
