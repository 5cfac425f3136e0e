using CsCheck;
using Vigie.Core.Blocks;

namespace Vigie.Tests.Core.Blocks;

/// <summary>
/// Bytes that a CRC vouches for and that no writer writes. They may decode to anything, but end in nothing else than values or
/// a <see cref="BlockFormatException"/>, soon and without much memory.
/// </summary>
public sealed class HostileBlockTests
{
    /// <summary>A directory of any content, with the right length and CRC.</summary>
    static byte[] Sealed(ReadOnlySpan<byte> content)
    {
        var to = new ByteWriter();
        to.Bytes("VGB\u0001"u8);
        to.Fixed32((uint)content.Length + 12);
        to.Bytes(content);
        to.Fixed32(Crc32C.Of(to.Written));
        return to.Written.ToArray();
    }

    static byte[] Content(Action<ByteWriter> write)
    {
        var to = new ByteWriter();
        write(to);
        return Sealed(to.Written);
    }

    static void Refused(string reason, Action<ByteWriter> write)
    {
        byte[] directory = Content(write);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<BlockFormatException>(() => BlockDirectory.Parse(directory)).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    static void Numbers(ByteWriter to, params ulong[] numbers)
    {
        foreach (ulong number in numbers)
            to.Varint(number);
    }

    /// <summary>One times column: 10 instants from 0 to 9, one byte.</summary>
    static void OneTimes(ByteWriter to)
    {
        Numbers(to, 1, 10, 0, 9, 1);
        to.Fixed32(0);
    }

    [Fact]
    public void Numbers_beyond_the_bytes_or_the_limits_are_refused()
    {
        Refused("a number of times columns", to => Numbers(to, 1000, 0));
        Refused("a number of times columns", to => Numbers(to, ulong.MaxValue, 0));
        Refused("a number of instants", to => { Numbers(to, 1, 0, 0, 0, 1); to.Fixed64(0); });
        Refused("a number of instants", to => { Numbers(to, 1, 65_537, 0, 0, 1); to.Fixed64(0); });
        Refused("a last time that fits", to => { Numbers(to, 1, 2, ulong.MaxValue - 1, 1, 1); to.Fixed64(0); });
        Refused("a length", to => { Numbers(to, 1, 2, 0, 1, 0); to.Fixed64(0); });
        Refused("a length", to => { Numbers(to, 1, 2, 0, 1, 1UL << 31); to.Fixed64(0); });
        Refused("a number of columns", to => { OneTimes(to); Numbers(to, 1 << 20); });
        Refused("a series below", to => { OneTimes(to); Numbers(to, 1, (1UL << 40) << 2, 1); to.Fixed32(0); });
        Refused("a series below", to => { OneTimes(to); Numbers(to, 1, ulong.MaxValue, 1); to.Fixed32(0); });
        Refused("a part", to => { OneTimes(to); Numbers(to, 1, 1, 256, 1); to.Fixed32(0); });
        Refused("a times column below 1", to => { OneTimes(to); Numbers(to, 1, 2, 1, 1); to.Fixed32(0); });
        Refused("a times column below 0", to => { Numbers(to, 0, 1, 0, 1); to.Fixed32(0); });
        Refused("the end expected, 1 more", to => Numbers(to, 0, 0, 0));
        Refused("another byte expected", OneTimes);
        Refused("a longer one", to => to.Bytes([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0]));
    }

    [Fact]
    public void Columns_out_of_order_are_refused()
    {
        Refused("a part above 3", to =>
        {
            OneTimes(to);
            Numbers(to, 2, 1, 3, 1);
            to.Fixed32(0);
            Numbers(to, 1, 3, 1);
            to.Fixed32(0);
        });
        Refused("a part above 255", to =>
        {
            OneTimes(to);
            Numbers(to, 2, 1, 255, 1);
            to.Fixed32(0);
            Numbers(to, 0, 1);
            to.Fixed32(0);
        });
    }

    [Fact]
    public void Lengths_that_together_pass_2_GiB_are_refused() => Refused("a length", to =>
    {
        OneTimes(to);
        Numbers(to, 2, 0, int.MaxValue / 2);
        to.Fixed32(0);
        Numbers(to, 4, int.MaxValue / 2 + 1);
        to.Fixed32(0);
    });

    [Fact]
    public void Times_that_are_not_those_of_the_directory_are_refused()
    {
        // A line from the first instant on, in steps that are not ascending, or end elsewhere.
        foreach (long step in (long[])[0, -1, 2])
        {
            var encoded = new ByteWriter();
            encoded.Bytes([(byte)ColumnEncoding.Line, 0, 0]);
            encoded.Signed(step);
            byte[] column = encoded.Written.ToArray();
            var directory = BlockDirectory.Parse(Content(to =>
            {
                Numbers(to, 1, 10, 0, 9, (ulong)column.Length);
                to.Fixed32(Crc32C.Of(column));
                Numbers(to, 0);
            }));
            Assert.Throws<BlockFormatException>(() => directory.ReadTimes(0, column, new long[10]));
        }
    }

    [Fact]
    public void Any_directory_is_parsed_or_refused()
    {
        byte[] valid = TestBlock.Write(HostColumns.Times(20), [.. HostColumns.Host(1, 20)]);
        byte[] content = valid[8..(BlockDirectory.LengthOf(valid) - 4)];
        Gen.Select(Gen.Int[0, content.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            byte[] changed = [.. content];
            foreach (var (at, value) in changes)
                changed[at] = value;
            Parses(Sealed(changed));
        }, iter: 5000, threads: 1);
        Gen.Byte.Array[0, 100].Sample(bytes => Parses(Sealed(bytes)), iter: 5000, threads: 1);

        static void Parses(byte[] directory)
        {
            try
            {
                var parsed = BlockDirectory.Parse(directory);
                foreach (var column in parsed.Columns)
                    Assert.True(column.Offset >= directory.Length && column.Offset + column.Length <= parsed.Length);
            }
            catch (BlockFormatException)
            {
            }
        }
    }

    [Fact]
    public void Any_column_is_decoded_or_refused()
    {
        double[][] columns = [.. HostColumns.Host(1, 300), [.. HostColumns.Column("ratio", 1, 6000).Chunk(20).Select(c => c.Sum())],
            [.. Enumerable.Range(0, 300).Select(i => i % 50 == 0 ? double.NaN : Math.Sqrt(i))],
            [.. Enumerable.Range(0, 300).Select(i => i % 50 == 0 ? double.NaN : i * (i / 4) + (i == 99 ? 1e12 : 0))]];
        byte[][] valid = [.. columns.Select(c => TestBlock.Encode(c))];
        double[] values = new double[300];
        long[] times = new long[1];
        var changes = Gen.Select(Gen.Int[0, 400], Gen.Byte).Array[1, 4];
        Gen.Select(Gen.Int[0, valid.Length - 1], changes, Gen.Int[0, 5]).Sample((which, some, cut) =>
        {
            byte[] changed = valid[which][..^Math.Min(cut, valid[which].Length)];
            foreach (var (at, value) in some)
                if (at < changed.Length)
                    changed[at] = value;
            Decodes(changed);
        }, iter: 20_000, threads: 1);
        Gen.Byte.Array[0, 60].Sample(Decodes, iter: 20_000, threads: 1);
        Gen.Select(Gen.Byte[0, 5], Gen.Byte[0, 31], Gen.Byte.Array[0, 200]).Sample((encoding, kind, rest) =>
            Decodes([encoding, kind, 0, .. rest]), iter: 20_000, threads: 1);

        void Decodes(byte[] encoded)
        {
            try
            {
                ColumnDecoder.DecodeValues(encoded, values);
            }
            catch (BlockFormatException)
            {
            }
            try
            {
                ColumnDecoder.DecodeTimes(encoded, 0, times);
            }
            catch (BlockFormatException)
            {
            }
        }
    }
}
