using System.Numerics;

namespace Vigie.Core.Blocks;

/// <summary>Reads a sequence of integers that stands as miniblocks.</summary>
static class MiniBlockReader
{
    /// <summary>Miniblocks that one byte can tell to be zeros.</summary>
    public const int MostZeros = 64;

    /// <summary>What the six bits of a width hold for 64.</summary>
    public const int Width64 = 63;

    /// <summary>The first byte: form in the two high bits, width or run in the others.</summary>
    public static byte Control(MiniBlockForm form, int low) => (byte)((int)form << 6 | low);

    /// <summary>Fills <paramref name="numbers"/>, each multiplied with <paramref name="factor"/> modulo 2^64.</summary>
    public static void Read(ref ByteReader reader, long factor, scoped Span<long> numbers)
    {
        long origin = 0;
        while (numbers.Length > 0)
        {
            byte control = reader.Byte();
            int low = control & 63, count = Math.Min(MiniBlock.Size, numbers.Length);
            var form = (MiniBlockForm)(control >> 6);
            if (form == MiniBlockForm.Zeros)
            {
                if (low * MiniBlock.Size >= numbers.Length)
                    throw reader.Error($"zeros for at most {numbers.Length} numbers", $"{low + 1} miniblocks");
                count = Math.Min((low + 1) * MiniBlock.Size, numbers.Length);
                numbers[..count].Clear();
            }
            else
            {
                int width = low == Width64 ? 64 : low;
                if (width > BitPacking.WidestInOneLoad && width != 64)
                    throw reader.Error("a width of 0 to 57 or 64", $"{width}");
                origin += reader.Signed();
                if (form == MiniBlockForm.Packed)
                    Unpack(ref reader, width, origin * factor, factor, numbers[..count]);
                else if (form == MiniBlockForm.Bitmap)
                    ReadBitmap(ref reader, width, origin * factor, factor, numbers[..count]);
                else
                    ReadPositions(ref reader, width, origin * factor, factor, numbers[..count]);
            }
            numbers = numbers[count..];
        }
    }

    static void ReadBitmap(ref ByteReader reader, int width, long origin, long factor, scoped Span<long> numbers)
    {
        Span<ulong> bitmap = stackalloc ulong[MiniBlock.Size / 64];
        bitmap.Clear();
        var bytes = reader.Take(BitPacking.Length(numbers.Length, 1));
        for (int i = 0; i < bytes.Length; i++)
            bitmap[i >> 3] |= (ulong)bytes[i] << ((i & 7) * 8);
        int count = BitOperations.PopCount(bitmap[0]) + BitOperations.PopCount(bitmap[1]);
        int last = bitmap[1] != 0 ? 127 - BitOperations.LeadingZeroCount(bitmap[1]) : 63 - BitOperations.LeadingZeroCount(bitmap[0]);
        if (last >= numbers.Length)
            throw reader.Error($"a bitmap of {numbers.Length} numbers", $"one that goes to {last + 1}");
        Span<long> others = stackalloc long[MiniBlock.Size];
        Unpack(ref reader, width, origin, factor, others[..count]);
        numbers.Clear();
        int next = 0;
        for (int half = 0; half < bitmap.Length; half++)
            for (ulong bits = bitmap[half]; bits != 0; bits &= bits - 1)
                numbers[half * 64 + BitOperations.TrailingZeroCount(bits)] = others[next++];
    }

    static void ReadPositions(ref ByteReader reader, int width, long origin, long factor, scoped Span<long> numbers)
    {
        int count = reader.Byte();
        if (count > numbers.Length)
            throw reader.Error($"at most {numbers.Length} positions", $"{count}");
        Span<long> positions = stackalloc long[MiniBlock.Size], others = stackalloc long[MiniBlock.Size];
        Unpack(ref reader, MiniBlock.PositionBits, 0, 1, positions[..count]);
        Unpack(ref reader, width, origin, factor, others[..count]);
        numbers.Clear();
        for (int i = 0; i < count; i++)
        {
            if (positions[i] >= numbers.Length)
                throw reader.Error($"a position below {numbers.Length}", $"{positions[i]}");
            numbers[(int)positions[i]] = others[i];
        }
    }

    static void Unpack(ref ByteReader reader, int width, long origin, long factor, scoped Span<long> numbers)
    {
        // The loads may run into the bytes behind, so the packed ones are taken after.
        int length = BitPacking.Length(numbers.Length, width);
        if (length > reader.Left)
            throw reader.Error($"{length} more bytes", $"{reader.Left}");
        BitPacking.Unpack(reader.Rest, width, origin, factor, numbers);
        reader.Take(length);
    }
}
