using System.Runtime.Intrinsics;

namespace Vigie.Core.Blocks;

/// <summary>How the numbers of a miniblock stand; these numbers are part of the format.</summary>
enum MiniBlockForm : byte
{
    /// <summary>All, less a base, bit-packed.</summary>
    Packed = 0,

    /// <summary>A bitmap of those that are not zero, and these bit-packed.</summary>
    Bitmap = 1,

    /// <summary>The positions of those that are not zero, and these bit-packed.</summary>
    Positions = 2,

    /// <summary>Nothing but zeros, for up to 64 miniblocks.</summary>
    Zeros = 3,
}

/// <summary>How one miniblock is best written.</summary>
/// <param name="NonZeros">How many numbers are packed, when it is not all of them.</param>
readonly record struct MiniBlock(MiniBlockForm Form, byte Width, byte NonZeros, long Base)
{
    /// <summary>Numbers in each miniblock but the last.</summary>
    public const int Size = 128;

    public const int PositionBits = 7;

    /// <summary>Choose the smallest form.</summary>
    /// <param name="before">The base of the miniblock before.</param>
    /// <param name="length">In bytes.</param>
    public static MiniBlock Choose(ReadOnlySpan<long> numbers, long before, out int length)
    {
        var (zeros, least, most) = Spread(numbers);
        int others = numbers.Length - zeros;
        if (others == 0)
        {
            length = 1;
            return new(MiniBlockForm.Zeros, 0, 0, before);
        }
        long leastOfAll = zeros > 0 ? Math.Min(least, 0) : least, mostOfAll = zeros > 0 ? Math.Max(most, 0) : most;
        int width = BitPacking.WidthOf((ulong)(mostOfAll - leastOfAll));
        length = 1 + ByteWriter.VarintLength(ByteWriter.ZigZag(leastOfAll - before)) + BitPacking.Length(numbers.Length, width);
        var best = new MiniBlock(MiniBlockForm.Packed, (byte)width, 0, leastOfAll);
        if (zeros == 0)
            return best;

        width = BitPacking.WidthOf((ulong)(most - least));
        int sparse = 1 + ByteWriter.VarintLength(ByteWriter.ZigZag(least - before)) + BitPacking.Length(others, width);
        int positions = 1 + BitPacking.Length(others, PositionBits), bitmap = BitPacking.Length(numbers.Length, 1);
        if (sparse + Math.Min(positions, bitmap) >= length)
            return best;
        length = sparse + Math.Min(positions, bitmap);
        return new(positions < bitmap ? MiniBlockForm.Positions : MiniBlockForm.Bitmap, (byte)width, (byte)others, least);
    }

    /// <summary>The number of zeros, and the range of the others.</summary>
    static (int Zeros, long Least, long Most) Spread(ReadOnlySpan<long> numbers)
    {
        int zeros = 0, at = 0;
        long least = long.MaxValue, most = long.MinValue;
        if (Vector256.IsHardwareAccelerated && numbers.Length >= Vector256<long>.Count)
        {
            Vector256<long> count = default, low = Vector256.Create(long.MaxValue), high = Vector256.Create(long.MinValue);
            for (; at <= numbers.Length - Vector256<long>.Count; at += Vector256<long>.Count)
            {
                var four = Vector256.Create(numbers[at..]);
                var zero = Vector256.Equals(four, default);
                count -= zero;
                low = Vector256.Min(low, Vector256.ConditionalSelect(zero, low, four));
                high = Vector256.Max(high, Vector256.ConditionalSelect(zero, high, four));
            }
            zeros = (int)Vector256.Sum(count);
            for (int i = 0; i < Vector256<long>.Count; i++)
                (least, most) = (Math.Min(least, low[i]), Math.Max(most, high[i]));
        }
        for (; at < numbers.Length; at++)
            if (numbers[at] == 0)
                zeros++;
            else
                (least, most) = (Math.Min(least, numbers[at]), Math.Max(most, numbers[at]));
        return (zeros, least, most);
    }
}
