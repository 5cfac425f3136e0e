using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Vigie.Core.Blocks;

namespace Vigie.Storage;

/// <summary>
/// Samples as a journal's row holds them: runs of series with consecutive numbers at one instant, then their values, then a
/// checksum. Written once per commit and read only after a crash, so it is cheap before it is small.
/// </summary>
static class JournalCodec
{
    /// <summary>First byte of a row: another layout gets another number.</summary>
    const byte Version = 1;

    /// <summary>Integers below this are exact in a double.</summary>
    const double Exact = 1L << 53;

    /// <summary>Scales that are tried behind that of integers.</summary>
    const int MostScale = 2;

    /// <summary>The factor of a scale, 0 to <see cref="MostScale"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static double Factor(int scale) => scale == 0 ? 1 : scale == 1 ? 100 : 10_000;

    public static void Begin(ByteBuffer row)
    {
        row.Clear();
        row.Room(1)[0] = Version;
        row.Advance(1);
    }

    /// <summary>Adds samples; <paramref name="entries"/> with null are left out.</summary>
    public static void Append(ByteBuffer row, ReadOnlySpan<SeriesEntry?> entries, ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        long lastId = 0, lastTime = 0;
        for (int i = 0; i < entries.Length;)
        {
            if (entries[i] is not { } first)
            {
                i++;
                continue;
            }
            int run = 1;
            while (i + run < entries.Length && entries[i + run]?.Id == first.Id + run && times[i + run] == times[i])
                run++;
            row.Varint((ulong)run);
            row.Varint(Zigzag.Encode(first.Id - lastId));
            row.Varint(Zigzag.Encode(times[i] - lastTime));
            (lastId, lastTime) = (first.Id + run - 1, times[i]);
            var room = row.Room(run * 12);
            int n = 0;
            foreach (double value in values.Slice(i, run))
                n += Write(room[n..], value);
            row.Advance(n);
            i += run;
        }
        row.Varint(0); // the end of a batch: the next one counts from zero again
    }

    public static void End(ByteBuffer row)
    {
        uint crc = Crc32C.Of(row.Written);
        BinaryPrimitives.WriteUInt32LittleEndian(row.Room(4), crc);
        row.Advance(4);
    }

    /// <summary>A decimal with few digits is an integer and its scale; everything else its eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Write(Span<byte> to, double value)
    {
        long integer = (long)value, bits = BitConverter.DoubleToInt64Bits(value);
        if (BitConverter.DoubleToInt64Bits(integer) == bits && Math.Abs(value) < Exact)
            return ByteBuffer.Write(to, Zigzag.Encode(integer) << 2);
        for (int scale = 1; scale <= MostScale; scale++)
        {
            double scaled = Math.Round(value * Factor(scale));
            integer = (long)scaled; // so that minus zero is not taken for zero
            if (Math.Abs(scaled) < Exact && BitConverter.DoubleToInt64Bits(integer / Factor(scale)) == bits)
                return ByteBuffer.Write(to, (Zigzag.Encode(integer) << 2) | (uint)scale);
        }
        to[0] = 3;
        BinaryPrimitives.WriteDoubleLittleEndian(to[1..], value);
        return 9;
    }

    /// <summary>Calls <paramref name="take"/> for each sample of a row, in the order in which they came.</summary>
    /// <exception cref="FormatException">The row is damaged.</exception>
    public static void Read(ReadOnlySpan<byte> row, Action<long, long, double> take)
    {
        if (row.Length < 5 || row[0] != Version)
            throw new FormatException(row.Length < 5 ? "it is too short" : $"it has version {row[0]} where {Version} is known");
        if (Crc32C.Of(row[..^4]) != BinaryPrimitives.ReadUInt32LittleEndian(row[^4..]))
            throw new FormatException("its checksum is wrong");
        var reader = new VarintReader(row[1..^4]);
        while (!reader.AtEnd)
        {
            long id = 0, time = 0;
            while (reader.Next() is > 0 and ulong run)
            {
                id += reader.NextSigned();
                time += reader.NextSigned();
                for (ulong i = 0; i < run; i++)
                    take(id + (long)i, time, ReadValue(ref reader));
                id += (long)run - 1;
            }
        }
    }

    static double ReadValue(ref VarintReader reader)
    {
        ulong coded = reader.Next();
        int scale = (int)(coded & 3);
        return scale == 3
            ? BinaryPrimitives.ReadDoubleLittleEndian(reader.Take(8))
            : Zigzag.Decode(coded >> 2) / Factor(scale);
    }
}
