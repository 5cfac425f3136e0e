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
            PrintBlock(to, count);
    }

    /// <summary>Whole blocks, with directory and CRCs.</summary>
    static void PrintBlock(TextWriter to, int count)
    {
        var writer = new BlockWriter();
        long[] times = HostColumns.Times(count);
        double[] values = new double[count];
        double samples = 52.0 * count, bytes = 0, write = double.MaxValue, read = double.MaxValue;
        int directoryBytes = 0, timesBytes = 0;
        for (int seed = 1; seed <= Hosts; seed++)
        {
            double[][] columns = [.. HostColumns.Host(seed, count)];
            for (int round = 0; round < 40; round++)
            {
                long start = Stopwatch.GetTimestamp();
                var block = Write(writer, times, columns);
                write = Math.Min(write, Stopwatch.GetElapsedTime(start).TotalNanoseconds / samples);
                start = Stopwatch.GetTimestamp();
                directoryBytes = BlockDirectory.LengthOf(block);
                var directory = BlockDirectory.Parse(block[..directoryBytes]);
                timesBytes = directory.Times[0].Length;
                directory.ReadTimes(0, block.Slice(directory.Times[0].Offset, timesBytes), times);
                for (int i = 0; i < columns.Length; i++)
                    directory.ReadColumn(i, block.Slice(directory.Columns[i].Offset, directory.Columns[i].Length), values);
                read = Math.Min(read, Stopwatch.GetElapsedTime(start).TotalNanoseconds / samples);
                bytes += round == 0 ? block.Length : 0;
            }
        }
        to.WriteLine($"block of 52 x {count}: {bytes / samples / Hosts:f3} bytes, write {write:f2} ns, read {read:f2} ns a sample; "
            + $"directory {directoryBytes / 52.0:f1} bytes a column, times {timesBytes} bytes");
    }

    static ReadOnlySpan<byte> Write(BlockWriter writer, long[] times, double[][] columns)
    {
        writer.Reset();
        int number = writer.AddTimes(times);
        for (int i = 0; i < columns.Length; i++)
            writer.AddColumn(1000 + i, 0, number, columns[i]);
        return writer.Finish();
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
