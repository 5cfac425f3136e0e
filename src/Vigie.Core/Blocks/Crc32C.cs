using System.Numerics;
using System.Runtime.InteropServices;

namespace Vigie.Core.Blocks;

/// <summary>
/// CRC-32C (Castagnoli), as in RFC 3720: the processor has an instruction for it. One chain of it takes about 0.1 ns for a
/// sample, so there are no interleaved ones.
/// </summary>
public static class Crc32C
{
    /// <summary>The checksum of these bytes, which begin a chain of their own.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            crc = BitOperations.Crc32C(crc, word);
        foreach (byte b in bytes[(bytes.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
