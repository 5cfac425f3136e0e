using BenchmarkDotNet.Attributes;
using Vigie.Core.Blocks;
using Vigie.Tests.Core.Blocks;

namespace Vigie.Benchmarks.Blocks;

/// <summary>Encode and decode of each shape; an operation is one sample.</summary>
[MemoryDiagnoser]
public class ColumnBenchmarks
{
    const int Count = 2048, Columns = 16;

    readonly ColumnEncoder _encoder = new();
    readonly ByteWriter _encoded = new();
    readonly double[] _values = new double[Count];
    double[][] _columns = [];
    byte[][] _blobs = [];

    public static IEnumerable<string> Shapes => ColumnShapes.All;

    [ParamsSource(nameof(Shapes))]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _columns = [.. Enumerable.Range(1, Columns).Select(seed => ColumnShapes.Column(Shape, seed, Count))];
        _blobs = [.. _columns.Select(column =>
        {
            _encoded.Clear();
            _encoder.EncodeValues(column, _encoded);
            return _encoded.Written.ToArray();
        })];
    }

    [Benchmark(OperationsPerInvoke = Count * Columns)]
    public int Encode()
    {
        _encoded.Clear();
        foreach (double[] column in _columns)
            _encoder.EncodeValues(column, _encoded);
        return _encoded.Length;
    }

    [Benchmark(OperationsPerInvoke = Count * Columns)]
    public double Decode()
    {
        foreach (byte[] blob in _blobs)
            ColumnDecoder.DecodeValues(blob, _values);
        return _values[^1];
    }
}
