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

/// <summary>The first byte of a miniblock: form in the two high bits, width or run in the others; part of the format.</summary>
static class MiniBlockControl
{
    /// <summary>What the low bits hold for a width of 64.</summary>
    public const int Width64 = 63;

    /// <summary>What the low bits of <see cref="MiniBlockForm.Packed"/> hold when outliers are listed and a width follows.</summary>
    public const int Outliers = 62;

    /// <summary>Miniblocks that one byte can tell to be zeros.</summary>
    public const int MostZeros = 64;

    public static byte Of(MiniBlockForm form, int low) => (byte)((int)form << 6 | low);

    public static byte OfWidth(int width) => (byte)(width == 64 ? Width64 : width);
}

/// <summary>How one miniblock is best written.</summary>
/// <param name="Listed">How many numbers are listed, when it is not all.</param>
/// <param name="Base">What is taken from each before it is packed.</param>
/// <param name="Least">Of the numbers that are packed.</param>
/// <param name="Length">In bytes.</param>
readonly record struct MiniBlock(MiniBlockForm Form, byte Width, byte Listed, long Base, long Least, int Length)
{
    /// <summary>Numbers in each miniblock but the last.</summary>
    public const int Size = 128;

    public const int PositionBits = 7;

    /// <summary>Chooses the smallest form.</summary>
    /// <param name="before">The base of the miniblock before.</param>
    public static MiniBlock Choose(ReadOnlySpan<long> numbers, long before)
    {
        var (zeros, least, most) = Spread(numbers);
        int others = numbers.Length - zeros;
        if (others == 0)
            return new(MiniBlockForm.Zeros, 0, 0, before, 0, 1);
        long leastOfAll = zeros > 0 ? Math.Min(least, 0) : least, mostOfAll = zeros > 0 ? Math.Max(most, 0) : most;
        int width = BitPacking.WidthOf((ulong)(mostOfAll - leastOfAll));
        long origin = NearestBase(leastOfAll, mostOfAll, width, before);
        int length = 1 + ByteWriter.SignedLength(origin - before) + BitPacking.Length(numbers.Length, width);
        var best = new MiniBlock(MiniBlockForm.Packed, (byte)width, 0, origin, leastOfAll, length);
        if (zeros == 0)
            return best;

        width = BitPacking.WidthOf((ulong)(most - least));
        origin = NearestBase(least, most, width, before);
        int positions = 1 + BitPacking.Length(others, PositionBits), bitmap = BitPacking.Length(numbers.Length, 1);
        int sparse = 1 + ByteWriter.SignedLength(origin - before) + BitPacking.Length(others, width) + Math.Min(positions, bitmap);
        if (sparse >= length)
            return best;
        return new(positions < bitmap ? MiniBlockForm.Positions : MiniBlockForm.Bitmap, (byte)width, (byte)others, origin, least, sparse);
    }

    /// <summary>
    /// A width has room for more than the numbers need, so the base may lie lower than the least of them: where the base
    /// before is, if that will do, because the difference between the two is what is stored.
    /// </summary>
    static long NearestBase(long least, long most, int width, long before)
    {
        if (before >= least || width == 0)
            return least;
        ulong room = (ulong.MaxValue >> (64 - width)) - (ulong)(most - least);
        return (ulong)(least - before) <= room ? before : least - (long)room;
    }

    /// <summary>The number of zeros, and the range of the others.</summary>
    static (int Zeros, long Least, long Most) Spread(ReadOnlySpan<long> numbers)
    {
        int zeros = 0, at = 0;
        long least = long.MaxValue, most = long.MinValue;
        if (numbers.Length >= Vector256<long>.Count)
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
