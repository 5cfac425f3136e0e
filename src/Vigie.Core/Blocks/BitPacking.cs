using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vigie.Core.Blocks;

/// <summary>
/// Numbers of one width side by side, the first in the low bits of the first byte. A width is 0 to 57, which one unaligned
/// load of 64 bits always covers, or 64. Loads and stores are those of the processor: Vigie runs on little-endian ones.
/// </summary>
static class BitPacking
{
    public const int WidestInOneLoad = 57;

    /// <summary>Bytes beyond the packed ones that <see cref="Pack"/> overwrites.</summary>
    public const int Slack = 8;

    /// <summary>The width for numbers up to <paramref name="most"/>.</summary>
    public static int WidthOf(ulong most)
    {
        int width = 64 - System.Numerics.BitOperations.LeadingZeroCount(most);
        return width <= WidestInOneLoad ? width : 64;
    }

    public static int Length(int count, int width) => (count * width + 7) >> 3;

    /// <summary>Packs <c>values[i] - origin</c>, each of which fits the width.</summary>
    /// <param name="packed">The length of the packed numbers and <see cref="Slack"/> more.</param>
    public static void Pack(ReadOnlySpan<long> values, long origin, int width, Span<byte> packed)
    {
        if (width == 0)
            return;
        ArgumentOutOfRangeException.ThrowIfLessThan(packed.Length, Length(values.Length, width) + Slack);
        ref byte to = ref MemoryMarshal.GetReference(packed);
        if (width == 64)
        {
            for (int i = 0; i < values.Length; i++)
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i * 8), (ulong)(values[i] - origin));
            return;
        }
        ulong pending = 0;
        int bits = 0;
        foreach (long value in values)
        {
            ulong word = pending | ((ulong)(value - origin) << bits);
            Unsafe.WriteUnaligned(ref to, word);
            bits += width;
            to = ref Unsafe.Add(ref to, bits >> 3);
            // In two steps: all 64 bits may be used up, and a shift by 64 is none.
            int half = (bits >> 3) * 4;
            pending = word >> half >> half;
            bits &= 7;
        }
    }

    /// <summary>Writes <c>origin + factor * number</c> for each packed number, modulo 2^64.</summary>
    /// <param name="packed">Starts with the packed numbers; more bytes may follow and are not used.</param>
    public static void Unpack(ReadOnlySpan<byte> packed, int width, long origin, long factor, Span<long> values)
    {
        if (width == 0)
        {
            values.Fill(origin);
            return;
        }
        if (packed.Length < ((values.Length * width) >> 3) + 8)
        {
            UnpackLast(packed, width, origin, factor, values);
            return;
        }
        ref byte from = ref MemoryMarshal.GetReference(packed);
        ulong mask = ulong.MaxValue >> (64 - width);
        int bit = 0;
        for (int i = 0; i < values.Length; i++, bit += width)
            values[i] = origin + factor * (long)((Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, bit >> 3)) >> (bit & 7)) & mask);
    }

    /// <summary>Where the loads would pass the end: the same from a copy with zeros behind.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void UnpackLast(ReadOnlySpan<byte> packed, int width, long origin, long factor, Span<long> values)
    {
        Debug.Assert(values.Length <= MiniBlock.Size);
        Span<byte> copy = stackalloc byte[MiniBlock.Size * 8 + 8];
        packed[..Length(values.Length, width)].CopyTo(copy);
        Unpack(copy, width, origin, factor, values);
    }
}
