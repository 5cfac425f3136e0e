using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Vigie.Core.Blocks;

/// <summary>
/// Doubles as integers over a power of ten, after ALP (Afroozeh, Kuffó and Boncz, 2023). A value fits an exponent when its
/// integer divided by the power gives back the same 64 bits; so there is no error, and -0, NaN and infinities never fit.
/// Sums of decimals end a few units in the last place beside a decimal: they fit with a correction.
/// </summary>
static class Decimals
{
    public const int MaxExponent = 15;

    const int MaxExponentOfSums = 9;

    /// <summary>A correction lies from minus this to this less one; 0 demands the same bits. A power of two.</summary>
    public const int MaxCorrection = 16;

    /// <summary>Adding this to a double below 2^51 rounds it, and leaves the integer in the low bits.</summary>
    const double Rounder = 3L << 51;

    /// <summary>From here on <see cref="Rounder"/> does not work.</summary>
    const double RounderEnd = 1L << 51;

    /// <summary>Values after which a first judgement on an exponent is made.</summary>
    const int Trial = 32;

    static readonly double[] Powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>The exponent that most likely makes the column smallest; null when none fits most of the values.</summary>
    public static int? ExponentOf(ReadOnlySpan<double> values, int correction)
    {
        int? best = null;
        // A misfit costs about ten bytes, a digit log2(10) bits in each of the others.
        double bestBits = double.MaxValue;
        // With a correction every double fits a large exponent, and nothing is won by it.
        for (int exponent = 0; exponent <= (correction > 0 ? MaxExponentOfSums : MaxExponent); exponent++)
        {
            double digits = exponent * 3.32 * values.Length;
            if (digits >= bestBits)
                break;
            int most = values.Length / 8, misfits = CountMisfits(values, exponent, correction, most);
            double bits = digits + misfits * 80.0;
            if (misfits <= most && bits < bestBits)
                (best, bestBits) = (exponent, bits);
            if (misfits == 0)
                break;
        }
        return best;
    }

    /// <summary>How many finite values don't fit; stops above <paramref name="most"/>, or early if a trial shows that it will.</summary>
    static int CountMisfits(ReadOnlySpan<double> values, int exponent, int correction, int most)
    {
        double power = Powers[exponent];
        int misfits = 0, at = 0;
        for (; at <= values.Length - Vector256<double>.Count && misfits <= most; at += Vector256<double>.Count)
        {
            var four = Vector256.Create(values[at..]);
            if (FitsAll(four, power, correction, out _))
                continue;
            for (int i = 0; i < Vector256<double>.Count; i++)
                misfits += IsMisfit(four[i], power, correction) ? 1 : 0;
            if (at <= Trial && misfits > Trial / 2)
                return int.MaxValue;
        }
        for (; at < values.Length && misfits <= most; at++)
            misfits += IsMisfit(values[at], power, correction) ? 1 : 0;
        return misfits;
    }

    /// <summary>-0, NaN and infinities fit no exponent, so they say nothing against one.</summary>
    static bool IsMisfit(double value, double power, int correction) =>
        !Fits(value, power, correction, out _) && double.IsFinite(value) && value != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool Fits(double value, double power, int correction, out long integer)
    {
        integer = (long)Math.Round(value * power);
        return Beside(BitConverter.DoubleToInt64Bits(value) - BitConverter.DoubleToInt64Bits(integer / power), correction);
    }

    static bool Beside(long difference, int correction) => ((difference + correction) & OutOf(correction)) == 0;

    /// <summary>The bits that are clear in 0 to twice the correction less one.</summary>
    static long OutOf(int correction) => ~Math.Max(2L * correction - 1, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool FitsAll(Vector256<double> values, double power, int correction, out Vector256<long> integers)
    {
        var shifted = values * power + Vector256.Create(Rounder);
        var rounded = shifted - Vector256.Create(Rounder);
        integers = shifted.AsInt64() - Vector256.Create(Rounder).AsInt64();
        var beside = values.AsInt64() - (rounded / power).AsInt64() + Vector256.Create((long)correction);
        var fits = Vector256.Equals(beside & Vector256.Create(OutOf(correction)), default);
        return (fits & Vector256.LessThan(Vector256.Abs(rounded), Vector256.Create(RounderEnd)).AsInt64()) == Vector256<long>.AllBitsSet;
    }

    /// <summary>The integers of all values; a value that does not fit gets the one before it.</summary>
    /// <param name="misfits">The positions of those that do not fit, ascending.</param>
    /// <returns>How many do not fit.</returns>
    public static int ToIntegers(ReadOnlySpan<double> values, int exponent, int correction, Span<long> integers, Span<int> misfits)
    {
        double power = Powers[exponent];
        int count = 0, at = 0;
        long before = 0;
        while (at < values.Length)
        {
            if (at <= values.Length - Vector256<double>.Count
                && FitsAll(Vector256.Create(values[at..]), power, correction, out var four))
            {
                four.CopyTo(integers[at..]);
                at += Vector256<double>.Count;
                before = integers[at - 1];
                continue;
            }
            for (int end = Math.Min(at + Vector256<double>.Count, values.Length); at < end; at++)
            {
                if (Fits(values[at], power, correction, out long integer))
                    before = integer;
                else
                    misfits[count++] = at;
                integers[at] = before;
            }
        }
        // So that leading misfits are no jump either.
        if (count > 0 && misfits[0] == 0)
        {
            int first = 0;
            while (first < count && misfits[first] == first)
                first++;
            integers[..first].Fill(first < integers.Length ? integers[first] : 0);
        }
        return count;
    }

    /// <summary>Turns integers, in place, into what they are over the power of ten. By division, as they were tried with: to
    /// multiply with the reciprocal rounds twice.</summary>
    public static void ToDoubles(Span<double> values, int exponent)
    {
        double power = Powers[exponent];
        int at = 0;
        ref double place = ref MemoryMarshal.GetReference(values);
        for (; at <= values.Length - Vector256<double>.Count; at += Vector256<double>.Count)
        {
            var four = Vector256.ConvertToDouble(Vector256.LoadUnsafe(ref place, (nuint)at).AsInt64());
            (exponent == 0 ? four : four / power).StoreUnsafe(ref place, (nuint)at);
        }
        for (; at < values.Length; at++)
            values[at] = BitConverter.DoubleToInt64Bits(values[at]) / power;
    }

    /// <summary>What is to be added to the bits of each integer's double to get the value.</summary>
    public static void Corrections(ReadOnlySpan<double> values, int exponent, Span<long> integers)
    {
        for (int i = 0; i < values.Length; i++)
            integers[i] = BitConverter.DoubleToInt64Bits(values[i]) - BitConverter.DoubleToInt64Bits(integers[i] / Powers[exponent]);
    }
}
