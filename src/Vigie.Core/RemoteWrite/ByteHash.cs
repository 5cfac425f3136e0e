using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Vigie.Core.RemoteWrite;

/// <summary>
/// A 64-bit hash of bytes, sixteen at a time by one multiplication of 64 × 64 bits. Its secrets are drawn for each process, so
/// that nobody can choose keys that collide.
/// </summary>
static class ByteHash
{
    static readonly ulong SecretA = Draw(), SecretB = Draw(), SecretC = Draw();

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = SecretC ^ (ulong)bytes.Length;
        for (; bytes.Length >= 16; bytes = bytes[16..])
            hash = Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ SecretA,
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) ^ hash);
        Span<byte> rest = stackalloc byte[16];
        rest.Clear();
        bytes.CopyTo(rest);
        hash = Mix(BinaryPrimitives.ReadUInt64LittleEndian(rest) ^ SecretA, BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]) ^ hash);
        return Mix(hash ^ SecretB, SecretC);
    }

    static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    static ulong Draw()
    {
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        return BinaryPrimitives.ReadUInt64LittleEndian(random);
    }
}
