using CsCheck;
using Vigie.Core.Blocks;

namespace Vigie.Tests.Core.Blocks;

/// <summary>Whatever happens to the bytes, a reader answers with the values that were written, or refuses.</summary>
public sealed class BlockDamageTests
{
    static readonly long[] Times = [.. HostColumns.Times(40).Select((t, i) => t + i * i % 5)];

    static readonly double[][] Small =
    [
        [.. Enumerable.Range(0, 40).Select(i => i == 9 ? double.NaN : HostColumns.Mixed(i) % 1000 / 100.0)],
        [.. Enumerable.Range(0, 40).Select(i => 1e9 + i / 7)],
        [.. Enumerable.Range(0, 40).Select(i => Math.Sqrt(i))],
        [.. Enumerable.Range(0, 40).Select(_ => 3.0)],
    ];

    [Fact]
    public void Each_flipped_bit_of_a_small_block_is_found()
    {
        byte[] block = TestBlock.Write(Times, Small);
        for (int bit = 0; bit < block.Length * 8; bit++)
        {
            byte[] damaged = [.. block];
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Throws<BlockFormatException>(() => TestBlock.Read(damaged));
        }
    }

    [Fact]
    public void Each_flipped_byte_of_a_host_is_found()
    {
        byte[] block = TestBlock.Write(HostColumns.Times(130), [.. HostColumns.Host(1, 130)]);
        var directory = TestBlock.Directory(block);
        int start = BlockDirectory.LengthOf(block);
        for (int i = 0; i < block.Length; i++)
        {
            block[i] ^= 0xff;
            if (i < start)
                Assert.Throws<BlockFormatException>(() => TestBlock.Read(block));
            else
                Assert.Equal(1, Refused(directory, block));
            block[i] ^= 0xff;
        }
    }

    /// <summary>The number of columns whose bytes are refused.</summary>
    static int Refused(BlockDirectory directory, byte[] block)
    {
        int refused = 0;
        foreach (var entry in directory.Times)
            refused += Crc32C.Of(block.AsSpan(entry.Offset, entry.Length)) == entry.Crc ? 0 : 1;
        foreach (var entry in directory.Columns)
            refused += Crc32C.Of(block.AsSpan(entry.Offset, entry.Length)) == entry.Crc ? 0 : 1;
        return refused;
    }

    [Fact]
    public void A_block_that_ends_early_or_late_is_refused()
    {
        byte[] block = TestBlock.Write(Times, Small);
        for (int length = 0; length < block.Length; length++)
            Assert.Throws<BlockFormatException>(() => TestBlock.Read(block.AsSpan(0, length)));
        Assert.Throws<BlockFormatException>(() => TestBlock.Read([.. block, 0]));
    }

    [Fact]
    public void The_bytes_of_another_column_are_refused()
    {
        byte[] block = TestBlock.Write(Times, [.. Small, Small[1]]);
        var directory = TestBlock.Directory(block);
        var (first, third) = (directory.Columns[0], directory.Columns[2]);
        double[] values = new double[40];
        Assert.Throws<BlockFormatException>(() => directory.ReadColumn(0, block.AsSpan(third.Offset, third.Length), values));
        Assert.Throws<BlockFormatException>(() => directory.ReadColumn(0, block.AsSpan(first.Offset - 1, first.Length), values));
        Assert.Throws<BlockFormatException>(() => directory.ReadColumn(0, [], values));
        Assert.Throws<ArgumentException>(() => directory.ReadColumn(0, block.AsSpan(first.Offset, first.Length), new double[39]));
        Assert.Throws<ArgumentException>(() => directory.ReadTimes(0, default, new long[41]));
    }

    [Fact]
    public void A_message_says_where_and_what()
    {
        byte[] block = TestBlock.Write(Times, Small);
        Assert.Equal("prefix: 8 bytes expected, 0 found", Message([]));
        Assert.Equal("byte 0: the magic number of a block expected, 504B03 found", Message("PK\u0003\u0004...."u8.ToArray()));
        byte[] newer = [.. block];
        newer[3] = 2;
        Assert.Equal("byte 3: version 1 expected, 2 found", Message(newer));
        byte[] absurd = [.. block];
        absurd[7] = 0x7f;
        Assert.StartsWith("byte 4: a directory of up to 1048576 bytes expected, 2130706", Message(absurd), StringComparison.Ordinal);
        byte[] damaged = [.. block];
        damaged[^1] ^= 1;
        Assert.Matches("^column 3: CRC [0-9a-f]{8} expected, [0-9a-f]{8} found$", Message(damaged));

        static string Message(byte[] bytes) => Assert.Throws<BlockFormatException>(() => TestBlock.Read(bytes)).Message;
    }

    [Fact]
    public void Random_bytes_are_no_block() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        Assert.Throws<BlockFormatException>(() => TestBlock.Read(bytes));
        byte[] disguised = [.. "VGB\u0001"u8, (byte)bytes.Length, 0, 0, 0, .. bytes];
        Assert.Throws<BlockFormatException>(() => TestBlock.Read(disguised));
    }, iter: 3000, threads: 1);
}
