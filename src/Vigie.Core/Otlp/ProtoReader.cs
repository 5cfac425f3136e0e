using System.Buffers.Binary;

namespace Vigie.Core.Otlp;

/// <summary>The bytes are not the message they claim to be.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="offset">Bytes from the start of the (uncompressed) body.</param>
public sealed class OtlpFormatException(string message, int offset) : Exception($"{message} (at byte {offset})")
{
    public int Offset { get; } = offset;
}

enum WireType { Varint = 0, Fixed64 = 1, Bytes = 2, StartGroup = 3, EndGroup = 4, Fixed32 = 5 }

/// <summary>
/// Walks the fields of one protobuf message, without allocation. Every length is checked against what is left, so a
/// hostile length costs nothing.
/// </summary>
ref struct ProtoReader(ReadOnlySpan<byte> message, int offset)
{
    readonly ReadOnlySpan<byte> _message = message;
    readonly int _offset = offset;
    int _at;
    WireType _wire;

    /// <summary>Number of the field that <see cref="Next"/> moved to.</summary>
    public int Field { get; private set; }

    readonly int Here => _offset + _at;

    public bool Next()
    {
        if (_at == _message.Length)
            return false;
        ulong tag = Varint();
        _wire = (WireType)(tag & 7);
        ulong field = tag >> 3;
        if (field is 0 or > 536_870_911)
            throw Error($"the field number {field} is not one of protobuf's");
        Field = (int)field;
        return true;
    }

    public void Skip()
    {
        switch (_wire)
        {
            case WireType.Varint: Varint(); break;
            case WireType.Fixed64: Take(8); break;
            case WireType.Fixed32: Take(4); break;
            case WireType.Bytes: Take(Length()); break;
            default: throw Error($"wire type {(int)_wire} is not used by OTLP");
        }
    }

    public ReadOnlySpan<byte> Bytes()
    {
        Expect(WireType.Bytes);
        return Take(Length());
    }

    /// <summary>A reader over an embedded message.</summary>
    public ProtoReader Message()
    {
        Expect(WireType.Bytes);
        int length = Length(), start = Here;
        return new(Take(length), start);
    }

    public ulong VarintField()
    {
        Expect(WireType.Varint);
        return Varint();
    }

    public ulong Fixed64()
    {
        Expect(WireType.Fixed64);
        return BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
    }

    public double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    readonly void Expect(WireType wire)
    {
        if (_wire != wire)
            throw Error($"field {Field} has wire type {(int)_wire} where {(int)wire} is expected");
    }

    int Length()
    {
        ulong length = Varint();
        return length <= (ulong)(_message.Length - _at)
            ? (int)length
            : throw Error($"a length of {length} bytes is announced where {_message.Length - _at} are left");
    }

    ReadOnlySpan<byte> Take(int count)
    {
        if (count > _message.Length - _at)
            throw Error($"{count} bytes are needed where {_message.Length - _at} are left");
        var taken = _message.Slice(_at, count);
        _at += count;
        return taken;
    }

    ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_at == _message.Length)
                throw Error("the message ends inside a number");
            byte b = _message[_at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
        throw Error("a number is longer than ten bytes");
    }

    readonly OtlpFormatException Error(string message) => new(message, Here);
}
