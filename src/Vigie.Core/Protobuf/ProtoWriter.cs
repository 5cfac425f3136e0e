using System.Buffers.Binary;
using System.Text;

namespace Vigie.Core.Protobuf;

/// <summary>
/// Writes protobuf's wire format into one growing buffer that is kept from message to message. Nested messages are written in
/// place: their length is put in afterwards, and only those of 128 bytes and more are moved to make room for it.
/// </summary>
public sealed class ProtoWriter(int capacity = 4096)
{
    const int VarintType = 0, Fixed64Type = 1, LengthType = 2;

    byte[] _buffer = new byte[capacity];
    int _length;

    /// <summary>What was written since <see cref="Clear"/>. Valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public void Clear() => _length = 0;

    public void Varint(int field, ulong value)
    {
        Tag(field, VarintType);
        Varint(value);
    }

    public void Bool(int field, bool value) => Varint(field, value ? 1UL : 0UL);

    public void Fixed64(int field, ulong value)
    {
        Tag(field, Fixed64Type);
        BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);
        _length += 8;
    }

    public void Double(int field, double value) => Fixed64(field, BitConverter.DoubleToUInt64Bits(value));

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, LengthType);
        Varint((ulong)value.Length);
        Raw(value);
    }

    /// <summary>Text as UTF-8; lone surrogates become U+FFFD, because readers refuse a whole request for invalid UTF-8.</summary>
    public void String(int field, string value)
    {
        Tag(field, LengthType);
        int size = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)size);
        Encoding.UTF8.GetBytes(value, Room(size));
        _length += size;
    }

    /// <summary>Bytes that are already a complete field, or several.</summary>
    public void Raw(ReadOnlySpan<byte> encoded)
    {
        encoded.CopyTo(Room(encoded.Length));
        _length += encoded.Length;
    }

    /// <summary>Opens a nested message; what it returns goes to <see cref="End"/>. Messages close in the reverse order of
    /// opening.</summary>
    public int Begin(int field)
    {
        Tag(field, LengthType);
        Room(1);
        return ++_length;
    }

    public void End(int begin)
    {
        int size = _length - begin;
        int extra = SizeOf((ulong)size) - 1;
        if (extra > 0)
        {
            Room(extra);
            _buffer.AsSpan(begin, size).CopyTo(_buffer.AsSpan(begin + extra));
        }
        _length = begin - 1;
        Varint((ulong)size);
        _length += size;
    }

    void Tag(int field, int wireType) => Varint((ulong)((field << 3) | wireType));

    void Varint(ulong value)
    {
        var room = Room(10);
        int i = 0;
        for (; value >= 0x80; value >>= 7)
            room[i++] = (byte)(value | 0x80);
        room[i++] = (byte)value;
        _length += i;
    }

    static int SizeOf(ulong value)
    {
        int size = 1;
        for (; value >= 0x80; value >>= 7)
            size++;
        return size;
    }

    Span<byte> Room(int size)
    {
        if (_buffer.Length - _length < size)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        return _buffer.AsSpan(_length);
    }
}
