using CsCheck;
using Vigie.Core.Protobuf;

namespace Vigie.Tests.Core.Protobuf;

public sealed class ProtoWriterTests
{
    readonly ProtoWriter _proto = new(1);

    string Hex => Convert.ToHexStringLower(_proto.Written.Span);

    [Theory]
    [InlineData(0UL, "0800")]
    [InlineData(127UL, "087f")]
    [InlineData(128UL, "088001")]
    [InlineData(300UL, "08ac02")]
    [InlineData(ulong.MaxValue, "08ffffffffffffffffff01")]
    public void A_varint_takes_seven_bits_per_byte(ulong value, string hex)
    {
        _proto.Varint(1, value);
        Assert.Equal(hex, Hex);
    }

    [Fact]
    public void A_field_number_above_fifteen_takes_two_bytes()
    {
        _proto.Bool(16, true);
        Assert.Equal("800101", Hex);
    }

    [Fact]
    public void Fixed_numbers_are_little_endian()
    {
        _proto.Fixed64(3, 0x0102030405060708);
        _proto.Double(4, 1.0);
        Assert.Equal("190807060504030201" + "21000000000000f03f", Hex);
    }

    [Fact]
    public void Text_is_utf8_and_a_lone_surrogate_does_not_spoil_it()
    {
        _proto.String(1, "é");
        _proto.String(1, "\ud800");
        Assert.Equal("0a02c3a9" + "0a03efbfbd", Hex);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(3_000_000)]
    public void A_nested_message_carries_its_own_size_whatever_that_takes(int size)
    {
        var content = new byte[size];
        Random.Shared.NextBytes(content);
        _proto.Varint(1, 5);
        int begin = _proto.Begin(2);
        _proto.Raw(content);
        _proto.End(begin);
        _proto.Varint(3, 6);

        var expected = new ProtoWriter();
        expected.Varint(1, 5);
        expected.Bytes(2, content);
        expected.Varint(3, 6);
        Assert.True(expected.Written.Span.SequenceEqual(_proto.Written.Span));
    }

    [Fact]
    public void Nesting_by_back_patching_equals_nesting_by_copying() => Gen.Byte.Array[0, 200].List[1, 6].Sample(contents =>
    {
        var patched = new ProtoWriter(1);
        var begins = new Stack<int>();
        foreach (var content in contents)
        {
            begins.Push(patched.Begin(2));
            patched.Raw(content);
        }
        while (begins.TryPop(out int begin))
            patched.End(begin);

        byte[] inner = [];
        for (int i = contents.Count - 1; i >= 0; i--)
        {
            var copied = new ProtoWriter();
            copied.Bytes(2, [.. contents[i], .. inner]);
            inner = copied.Written.ToArray();
        }
        return patched.Written.Span.SequenceEqual(inner);
    }, iter: 200);
}
