using System.Numerics;

namespace Vigie.Core.Blocks;

/// <summary>Reads a sequence of integers that stands as miniblocks.</summary>
/// <param name="factor">Each number is multiplied with it, modulo 2^64.</param>
struct MiniBlockReader(long factor)
{
    long _origin;
    int _zeros;

    /// <summary>Reads a whole sequence.</summary>
    public static void Read(ref ByteReader reader, long factor, scoped Span<long> numbers)
    {
        var miniblocks = new MiniBlockReader(factor);
        while (numbers.Length > 0)
        {
            int count = Math.Min(MiniBlock.Size, numbers.Length);
            miniblocks.Next(ref reader, numbers[..count], numbers.Length);
            numbers = numbers[count..];
        }
    }

    /// <summary>Reads the next miniblock.</summary>
    /// <param name="numbers">128 of them, or the last ones.</param>
    /// <param name="left">These and all that are still to come.</param>
    public void Next(ref ByteReader reader, scoped Span<long> numbers, int left)
    {
        if (_zeros > 0)
        {
            _zeros--;
            numbers.Clear();
            return;
        }
        byte control = reader.Byte();
        int low = control & 63;
        var form = (MiniBlockForm)(control >> 6);
        if (form == MiniBlockForm.Zeros)
        {
            if (low * MiniBlock.Size >= left)
                throw reader.Error($"zeros for at most {left} numbers", $"{low + 1} miniblocks");
            _zeros = low;
            numbers.Clear();
            return;
        }
        if (control == MiniBlockControl.Outliers)
        {
            ReadOutliers(ref reader, ref _origin, factor, numbers);
            return;
        }
        int width = Width(ref reader, low);
        _origin += reader.Signed();
        if (form == MiniBlockForm.Packed)
            Unpack(ref reader, width, _origin * factor, factor, numbers);
        else if (form == MiniBlockForm.Bitmap)
            ReadBitmap(ref reader, width, _origin * factor, factor, numbers);
        else
        {
            numbers.Clear();
            ReadList(ref reader, ListLength(ref reader, numbers), width, _origin * factor, factor, numbers);
        }
    }

    static int Width(ref ByteReader reader, int code) =>
        code <= BitPacking.WidestInOneLoad ? code
        : code == MiniBlockControl.Width64 ? 64
        : throw reader.Error("a width of 0 to 57, or 63 for 64", $"{code}");

    static void ReadOutliers(ref ByteReader reader, ref long origin, long factor, scoped Span<long> numbers)
    {
        int width = Width(ref reader, reader.Byte());
        origin += reader.Signed();
        int count = ListLength(ref reader, numbers), outlierWidth = Width(ref reader, reader.Byte());
        long outlierOrigin = origin + reader.Signed();
        Unpack(ref reader, width, origin * factor, factor, numbers);
        ReadList(ref reader, count, outlierWidth, outlierOrigin * factor, factor, numbers);
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

    static int ListLength(ref ByteReader reader, scoped Span<long> numbers)
    {
        int count = reader.Byte();
        return count <= numbers.Length ? count : throw reader.Error($"at most {numbers.Length} positions", $"{count}");
    }

    /// <summary>Positions, then what stands there.</summary>
    static void ReadList(ref ByteReader reader, int count, int width, long origin, long factor, scoped Span<long> numbers)
    {
        Span<long> positions = stackalloc long[MiniBlock.Size], listed = stackalloc long[MiniBlock.Size];
        Unpack(ref reader, MiniBlock.PositionBits, 0, 1, positions[..count]);
        Unpack(ref reader, width, origin, factor, listed[..count]);
        for (int i = 0; i < count; i++)
        {
            if (positions[i] >= numbers.Length)
                throw reader.Error($"a position below {numbers.Length}", $"{positions[i]}");
            numbers[(int)positions[i]] = listed[i];
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
