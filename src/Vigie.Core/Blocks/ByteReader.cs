using System.Buffers.Binary;

namespace Vigie.Core.Blocks;

/// <summary>
/// Walks the bytes of one part of a block. What is announced is checked against what is left, so a hostile number costs nothing.
/// </summary>
/// <param name="part">Names the part in messages.</param>
ref struct ByteReader(ReadOnlySpan<byte> bytes, string part)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;
    readonly string _part = part;
    int _at;

    public readonly int Left => _bytes.Length - _at;

    public byte Byte()
    {
        if (_at == _bytes.Length)
            throw Error("another byte", "the end");
        return _bytes[_at++];
    }

    /// <summary>An unsigned number, seven bits to a byte, low ones first.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte b = Byte();
            if (shift == 63 && b > 1)
                break;
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
        throw Error("a number of 64 bits", "a longer one");
    }

    /// <summary>A signed number: 0, -1, 1, -2, … as 0, 1, 2, 3, …</summary>
    public long Signed()
    {
        ulong value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number that must lie in a range.</summary>
    public int Number(string name, int least, long most)
    {
        ulong value = Varint();
        return value >= (ulong)least && (long)value >= 0 && (long)value <= most
            ? (int)value
            : throw Error($"{name} from {least} to {most}", $"{value}");
    }

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Fixed64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > Left)
            throw Error($"{count} more bytes", $"{Left}");
        var taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    /// <summary>Everything from here on, without moving.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[_at..];

    public readonly void End()
    {
        if (Left > 0)
            throw Error("the end", $"{Left} more bytes");
    }

    public readonly BlockFormatException Error(string expected, string found) =>
        new($"{_part}, byte {_at}: {expected} expected, {found} found");
}
