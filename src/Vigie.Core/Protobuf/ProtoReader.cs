using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Vigie.Core.Protobuf;

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

    /// <summary>Bytes of this message that were passed: where the next field begins, after the last one was read.</summary>
    public readonly int Position => _at;

    /// <summary>Where this message begins in the body.</summary>
    public readonly int Offset => _offset;

    readonly int Here => _offset + _at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>Passes over these bytes if they are what comes next.</summary>
    public bool TryPass(ReadOnlySpan<byte> fields)
    {
        if (!_message[_at..].StartsWith(fields))
            return false;
        _at += fields.Length;
        return true;
    }

    /// <summary>What is left of this message.</summary>
    public readonly ReadOnlySpan<byte> Rest => _message[_at..];

    /// <summary>The bytes between two positions of this message.</summary>
    public readonly ReadOnlySpan<byte> Slice(int from, int to) => _message[from..to];

    public void Skip()
    {
        switch (_wire)
        {
            case WireType.Varint: Varint(); break;
            case WireType.Fixed64: Take(8); break;
            case WireType.Fixed32: Take(4); break;
            case WireType.Bytes: Take(Length()); break;
            default: throw Error($"wire type {(int)_wire} is not used by any sender");
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

    /// <summary>The next number of a packed field, whose numbers stand without tags.</summary>
    public bool NextPacked(out ulong number)
    {
        bool more = _at < _message.Length;
        number = more ? Varint() : 0;
        return more;
    }

    /// <summary>Whether the numbers of a repeated field stand in one, without tags.</summary>
    public readonly bool IsPacked => _wire == WireType.Bytes;

    public ulong Fixed64()
    {
        Expect(WireType.Fixed64);
        return BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
    }

    public double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly void Expect(WireType wire)
    {
        if (_wire != wire)
            throw Error($"field {Field} has wire type {(int)_wire} where {(int)wire} is expected");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Length()
    {
        ulong length = Varint();
        return length <= (ulong)(_message.Length - _at)
            ? (int)length
            : throw Error($"a length of {length} bytes is announced where {_message.Length - _at} are left");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    ReadOnlySpan<byte> Take(int count)
    {
        if (count > _message.Length - _at)
            throw Error($"{count} bytes are needed where {_message.Length - _at} are left");
        var taken = _message.Slice(_at, count);
        _at += count;
        return taken;
    }

    /// <summary>Most tags and lengths are one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    ulong Varint()
    {
        if ((uint)_at < (uint)_message.Length && _message[_at] < 0x80)
            return _message[_at++];
        return LongVarint();
    }

    ulong LongVarint()
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

    readonly WireFormatException Error(string message) => new(message, Here);
}
