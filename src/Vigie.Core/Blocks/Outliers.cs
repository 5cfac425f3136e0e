using System.Numerics;

namespace Vigie.Core.Blocks;

/// <summary>
/// The numbers of a miniblock that would make all others wide, as a burst of traffic does: most stand in a window of few bits,
/// and those outside are listed.
/// </summary>
readonly record struct Outliers(int Width, long Base, int Count, int ListWidth, long ListBase)
{
    /// <summary>Chooses the window; tells whether the miniblock gets shorter by it.</summary>
    /// <param name="otherwise">How the miniblock is written without.</param>
    /// <param name="before">The base of the miniblock before.</param>
    public static bool Find(ReadOnlySpan<long> numbers, MiniBlock otherwise, long before, out Outliers found)
    {
        found = default;
        // A window that starts at the least number suits counters; one around the middle suits steps of both signs.
        long least = otherwise.Form == MiniBlockForm.Packed ? otherwise.Least : Math.Min(otherwise.Least, 0), middle = Middle(numbers);
        int upward = NarrowestWidth(numbers, least, false, otherwise.Width, out int upwardBits);
        int around = NarrowestWidth(numbers, middle, true, otherwise.Width, out int aroundBits);
        bool up = upwardBits <= aroundBits;
        int width = up ? upward : around;
        if (width >= otherwise.Width)
            return false;
        found = Measure(numbers, up ? least : width == 0 ? middle : middle - (1L << (width - 1)), width);
        return found.Length(numbers.Length, before) < otherwise.Length;
    }

    public static bool Within(long number, long origin, int width) => width == 64 || (ulong)(number - origin) >> width == 0;

    int Length(int count, long before) =>
        4 + ByteWriter.SignedLength(Base - before) + ByteWriter.SignedLength(ListBase - Base)
        + BitPacking.Length(count, Width) + BitPacking.Length(Count, MiniBlock.PositionBits) + BitPacking.Length(Count, ListWidth);

    /// <summary>Draws the window tighter around what is in it, and looks what is then outside.</summary>
    static Outliers Measure(ReadOnlySpan<long> numbers, long origin, int width)
    {
        long least = long.MaxValue, most = long.MinValue;
        foreach (long number in numbers)
            if (Within(number, origin, width))
                (least, most) = (Math.Min(least, number), Math.Max(most, number));
        (origin, width) = (least, BitPacking.WidthOf((ulong)(most - least)));
        int count = 0;
        (least, most) = (long.MaxValue, long.MinValue);
        foreach (long number in numbers)
            if (!Within(number, origin, width))
                (count, least, most) = (count + 1, Math.Min(least, number), Math.Max(most, number));
        return count == 0
            ? new(width, origin, 0, 0, origin)
            : new(width, origin, count, BitPacking.WidthOf((ulong)(most - least)), least);
    }

    /// <summary>The width that makes window and list together smallest.</summary>
    /// <param name="bothSides">Whether the window reaches to both sides of the origin, which takes a bit.</param>
    /// <param name="bits">About what they take.</param>
    static int NarrowestWidth(ReadOnlySpan<long> numbers, long origin, bool bothSides, int full, out int bits)
    {
        Span<byte> counts = stackalloc byte[66];
        counts.Clear();
        foreach (long number in numbers)
        {
            long distance = number - origin;
            ulong magnitude = !bothSides ? (ulong)distance
                : (ulong)(distance ^ (distance >> 63)) << 1 | (distance != 0 ? 1u : 0u);
            counts[64 - BitOperations.LeadingZeroCount(magnitude)]++;
        }
        int best = full, outside = 0;
        bits = full * numbers.Length;
        for (int width = 64; width-- > 0;)
        {
            outside += counts[width + 1];
            int total = width * numbers.Length + outside * (full + MiniBlock.PositionBits);
            if (width <= BitPacking.WidestInOneLoad && total < bits)
                (best, bits) = (width, total);
        }
        return best;
    }

    /// <summary>The median of a few, which is near enough.</summary>
    static long Middle(ReadOnlySpan<long> numbers)
    {
        Span<long> some = stackalloc long[7];
        for (int i = 0; i < some.Length; i++)
            some[i] = numbers[numbers.Length * (2 * i + 1) / (2 * some.Length)];
        some.Sort();
        return some[some.Length / 2];
    }
}
