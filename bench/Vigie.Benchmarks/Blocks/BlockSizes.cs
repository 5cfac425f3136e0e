using System.Diagnostics;
using Vigie.Core.Blocks;
using Vigie.Tests.Core.Blocks;

namespace Vigie.Benchmarks.Blocks;

/// <summary>Bytes and nanoseconds for each sample, by shape and for the whole block of a host.</summary>
static class BlockSizes
{
    const int Hosts = 20;

    public static void Print(TextWriter to)
    {
        to.WriteLine($"{"",-16}{"bytes/sample",14}{"",14}{"ns/sample at 2048",20}");
        to.WriteLine($"{"",-16}{"at 2048",14}{"at 384",14}{"encode",10}{"decode",10}");
        // The runtime compiles what runs often once more, in the background.
        Measure([.. HostColumns.Host(1, 2048)], rounds: 400);
        foreach (string shape in ColumnShapes.All)
            PrintRow(to, shape, n => [.. Enumerable.Range(1, Hosts).Select(seed => ColumnShapes.Column(shape, seed, n))]);
        PrintRow(to, "host of 52", n => [.. Enumerable.Range(1, Hosts).SelectMany(seed => HostColumns.Host(seed, n))]);
        foreach (int count in (int[])[2048, 384])
        {
            var block = ColumnShapes.Block([.. HostColumns.Host(1, count)]);
            var directory = BlockDirectory.Parse(block.AsSpan(0, BlockDirectory.LengthOf(block)));
            double bytes = Enumerable.Range(1, Hosts).Average(seed => ColumnShapes.Block([.. HostColumns.Host(seed, count)]).Length);
            to.WriteLine($"block of 52 x {count}: {bytes / 52 / count:f3} bytes/sample; directory "
                + $"{(double)BlockDirectory.LengthOf(block) / 52:f1} bytes/column; times {directory.Times[0].Length} bytes");
        }
    }

    static void PrintRow(TextWriter to, string shape, Func<int, double[][]> columns)
    {
        var (large, encode, decode) = Measure(columns(2048), rounds: 15);
        var (small, _, _) = Measure(columns(384), rounds: 0);
        to.WriteLine($"{shape,-16}{large,14:f3}{small,14:f3}{encode,10:f2}{decode,10:f2}");
    }

    /// <summary>The best of some rounds, of which the first warm up.</summary>
    static (double Bytes, double EncodeNs, double DecodeNs) Measure(double[][] columns, int rounds)
    {
        var encoder = new ColumnEncoder();
        var encoded = new ByteWriter();
        double samples = columns.Sum(c => (double)c.Length), encode = double.MaxValue, decode = double.MaxValue;
        var values = new double[columns[0].Length];
        int[] ends = new int[columns.Length];
        for (int round = 0; round <= rounds; round++)
        {
            encoded.Clear();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < columns.Length; i++)
            {
                encoder.EncodeValues(columns[i], encoded);
                ends[i] = encoded.Length;
            }
            encode = Math.Min(encode, Stopwatch.GetElapsedTime(start).TotalNanoseconds / samples);
            start = Stopwatch.GetTimestamp();
            for (int i = 0; i < columns.Length; i++)
                ColumnDecoder.DecodeValues(encoded.Written[(i == 0 ? 0 : ends[i - 1])..ends[i]], values);
            decode = Math.Min(decode, Stopwatch.GetElapsedTime(start).TotalNanoseconds / samples);
        }
        return (encoded.Length / samples, encode, decode);
    }
}
