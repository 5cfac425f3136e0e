using System.Buffers.Binary;
using System.Numerics;

namespace Vigie.Core.Blocks;

/// <summary>Bytes that grow and are used again; once grown to the usual size they allocate nothing.</summary>
sealed class ByteWriter
{
    byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Drops what was written from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public void Remove(int start, int end)
    {
        _bytes.AsSpan(end, Length - end).CopyTo(_bytes.AsSpan(start));
        Length -= end - start;
    }

    public void Truncate(int length) => Length = length;

    public void Byte(byte value)
    {
        Room(1)[0] = value;
        Length++;
    }

    public void Varint(ulong value)
    {
        var room = Room(10);
        int at = 0;
        for (; value >= 0x80; value >>= 7)
            room[at++] = (byte)(value | 0x80);
        room[at++] = (byte)value;
        Length += at;
    }

    public void Signed(long value) => Varint(ZigZag(value));

    public void Fixed32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);
        Length += 4;
    }

    /// <summary>Overwrites four bytes that were written before.</summary>
    public void SetFixed32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at, 4), value);

    public void Fixed64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);
        Length += 8;
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>At least <paramref name="count"/> bytes to write to; <see cref="Advance"/> tells how many were.</summary>
    public Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + count)));
        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public static int VarintLength(ulong value) => (70 - BitOperations.LeadingZeroCount(value | 1)) / 7;

    public static int SignedLength(long value) => VarintLength(ZigZag(value));

    static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));
}
