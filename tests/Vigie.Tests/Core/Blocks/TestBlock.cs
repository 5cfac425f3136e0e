using Vigie.Core.Blocks;

namespace Vigie.Tests.Core.Blocks;

/// <summary>Writes and reads whole blocks and single columns, the way their users do.</summary>
static class TestBlock
{
    /// <summary>A block of one times column; the series are numbered from 100.</summary>
    public static byte[] Write(long[] times, params double[][] columns)
    {
        var writer = new BlockWriter();
        writer.AddTimes(times);
        for (int i = 0; i < columns.Length; i++)
            writer.AddColumn(100 + i, 0, 0, columns[i]);
        return writer.Finish().ToArray();
    }

    public static BlockDirectory Directory(ReadOnlySpan<byte> block)
    {
        int length = BlockDirectory.LengthOf(block);
        if (length > block.Length)
            throw new BlockFormatException($"directory: {length} bytes expected, {block.Length} found");
        return BlockDirectory.Parse(block[..length]);
    }

    public static (long[][] Times, double[][] Values) Read(ReadOnlySpan<byte> block)
    {
        var directory = Directory(block);
        if (directory.Length != block.Length)
            throw new BlockFormatException($"block: {directory.Length} bytes expected, {block.Length} found");
        var times = new long[directory.Times.Length][];
        for (int i = 0; i < times.Length; i++)
        {
            var entry = directory.Times[i];
            times[i] = new long[entry.Count];
            directory.ReadTimes(i, block.Slice(entry.Offset, entry.Length), times[i]);
        }
        var values = new double[directory.Columns.Length][];
        for (int i = 0; i < values.Length; i++)
        {
            var entry = directory.Columns[i];
            values[i] = new double[directory.Times[entry.Times].Count];
            directory.ReadColumn(i, block.Slice(entry.Offset, entry.Length), values[i]);
        }
        return (times, values);
    }

    public static byte[] Encode(ReadOnlySpan<double> values)
    {
        var to = new ByteWriter();
        new ColumnEncoder().EncodeValues(values, to);
        return to.Written.ToArray();
    }

    /// <summary>Encodes, decodes, compares, and tells what was written.</summary>
    public static byte[] RoundTrip(params double[] values)
    {
        byte[] encoded = Encode(values);
        // What stands in the room before must not matter.
        double[] decoded = new double[values.Length];
        Array.Fill(decoded, -12.75);
        ColumnDecoder.DecodeValues(encoded, decoded);
        AssertSameBits(values, decoded);
        return encoded;
    }

    public static byte[] RoundTripTimes(params long[] times)
    {
        var to = new ByteWriter();
        new ColumnEncoder().EncodeTimes(times, to);
        long[] decoded = new long[times.Length];
        Array.Fill(decoded, -12);
        ColumnDecoder.DecodeTimes(to.Written, times[0], decoded);
        Assert.Equal(times, decoded);
        return to.Written.ToArray();
    }

    public static void AssertSameBits(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            if (BitConverter.DoubleToInt64Bits(expected[i]) != BitConverter.DoubleToInt64Bits(actual[i]))
                Assert.Fail($"value {i} of {expected.Length}: {Hex(expected[i])} expected, {Hex(actual[i])} found");
    }

    static string Hex(double value) => $"{value:r} ({BitConverter.DoubleToUInt64Bits(value):x16})";
}
