using System.Runtime.CompilerServices;

namespace Vigie.Storage;

/// <summary>Numbers of seven bits a byte, the lowest first, the eighth bit telling that more follow.</summary>
ref struct VarintReader(ReadOnlySpan<byte> bytes)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;
    int _at;

    public readonly bool AtEnd => _at == _bytes.Length;

    /// <exception cref="FormatException">The bytes end inside a number, or it is longer than ten bytes.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_at >= _bytes.Length)
                throw new FormatException("the bytes end inside a number");
            byte b = _bytes[_at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
        throw new FormatException("a number is longer than ten bytes");
    }

    public long NextSigned() => Zigzag.Decode(Next());

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
            throw new FormatException($"{count} bytes are needed where {_bytes.Length - _at} are left");
        _at += count;
        return _bytes.Slice(_at - count, count);
    }
}

/// <summary>Signed numbers as unsigned ones, so that small ones of either sign are short.</summary>
static class Zigzag
{
    public static ulong Encode(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long Decode(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}

/// <summary>Bytes that grow; reused.</summary>
sealed class ByteBuffer
{
    byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public int Capacity => _bytes.Length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Room for that many bytes; what is used of it is told by <see cref="Advance"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Room(int bytes)
    {
        if (_bytes.Length - Length < bytes)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        return _bytes.AsSpan(Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int bytes) => Length += bytes;

    public void Varint(ulong value)
    {
        var room = Room(10);
        Advance(Write(room, value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> to, ulong value)
    {
        int n = 0;
        while (value >= 0x80)
        {
            to[n++] = (byte)(value | 0x80);
            value >>= 7;
        }
        to[n++] = (byte)value;
        return n;
    }
}
