using System.Buffers.Binary;
using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>Writes D-Bus method calls whose arguments are texts, and takes replies apart: what little of the protocol is needed here.</summary>
static class BusMessage
{
    public const int FixedHeader = 16;

    const byte Return = 2, Error = 3;
    const byte Path = 1, Interface = 2, Member = 3, ErrorName = 4, ReplySerial = 5, Destination = 6, SignatureField = 8;

    /// <param name="serial">Comes back in the reply.</param>
    /// <param name="destination">Who is called.</param>
    /// <param name="path">Which of its objects.</param>
    /// <param name="interface">The method's interface.</param>
    /// <param name="member">The method.</param>
    /// <param name="arguments">Texts, all of them.</param>
    public static byte[] Call(uint serial, string destination, string path, string @interface, string member, params ReadOnlySpan<string> arguments)
    {
        List<byte> fields = [], body = [];
        AddField(fields, Path, (byte)'o', path);
        AddField(fields, Interface, (byte)'s', @interface);
        AddField(fields, Member, (byte)'s', member);
        AddField(fields, Destination, (byte)'s', destination);
        if (arguments.Length > 0)
        {
            Pad(fields, 8);
            fields.AddRange([SignatureField, 1, (byte)'g', 0, (byte)arguments.Length, .. Enumerable.Repeat((byte)'s', arguments.Length), 0]);
        }
        foreach (var argument in arguments)
            AddText(body, argument);

        // Little-endian, method call, "start nobody for this", version 1.
        var message = new byte[Align(FixedHeader + fields.Count, 8) + body.Count];
        "l\x01\x02\x01"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), (uint)body.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), serial);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(12), (uint)fields.Count);
        fields.CopyTo(message, FixedHeader);
        body.CopyTo(message, message.Length - body.Count);
        return message;
    }

    // A field is (byte, variant) at a multiple of 8; the header before the fields is 16 bytes, so offsets here are offsets there.
    static void AddField(List<byte> fields, byte code, byte type, string value)
    {
        Pad(fields, 8);
        fields.AddRange([code, 1, type, 0]);
        AddText(fields, value);
    }

    static void AddText(List<byte> bytes, string text)
    {
        Pad(bytes, 4);
        var utf8 = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)utf8.Length);
        bytes.AddRange([.. length, .. utf8, 0]);
    }

    static void Pad(List<byte> bytes, int to)
    {
        while (bytes.Count % to != 0)
            bytes.Add(0);
    }

    /// <summary>Bytes of the whole message, of which the fixed header is given.</summary>
    /// <exception cref="FormatException">It is no message, or one too long.</exception>
    public static int LengthOf(ReadOnlySpan<byte> header, int most, string source)
    {
        if (header[0] != 'l' || header[3] != 1)
            throw new FormatException($"{source}: a little-endian message of version 1 was expected, found {TextScan.Quote(header[..4])}");
        uint body = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]), fields = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        return body <= most && fields <= most && (FixedHeader + fields + 7) / 8 * 8 + body is var whole && whole <= most
            ? (int)whole
            : throw new FormatException($"{source}: a message of at most {most} bytes was expected, found one of {body} and {fields}");
    }

    /// <summary>What a message answers, if it answers anything.</summary>
    public static BusReply Reply(ReadOnlySpan<byte> message, string source)
    {
        byte type = message[1];
        int end = FixedHeader + (int)BinaryPrimitives.ReadUInt32LittleEndian(message[12..]);
        var fields = new BusReader(message[..end], FixedHeader, source);
        uint? replyTo = null;
        string error = "";
        while (!fields.IsAtEnd)
        {
            fields.Align(8);
            byte code = fields.Byte();
            var signature = fields.Signature();
            switch (signature)
            {
                case [(byte)'u']:
                    uint number = fields.Number();
                    replyTo = code == ReplySerial ? number : replyTo;
                    break;
                case [(byte)'g']: fields.Signature(); break;
                case [(byte)'s'] or [(byte)'o']:
                    var text = fields.Text();
                    error = code == ErrorName ? Encoding.UTF8.GetString(text) : error;
                    break;
                default: throw new FormatException($"{source}: a header of u, s, o or g was expected, found {TextScan.Quote(signature)}");
            }
        }
        return new()
        {
            To = type is Return or Error ? replyTo : null,
            Error = type is Error ? error : null,
            Body = new(message[Align(end, 8)..], 0, source),
        };
    }

    static int Align(int offset, int to) => (offset + to - 1) / to * to;
}

/// <summary>A reply: the serial of its call (null for what is no reply), and the error's name or the body.</summary>
ref struct BusReply
{
    public uint? To { get; init; }

    public string? Error { get; init; }

    public BusReader Body { get; init; }
}

/// <summary>Reads values of a D-Bus message one after the other. Never beyond its end, whatever lengths stand in it.</summary>
ref struct BusReader(ReadOnlySpan<byte> bytes, int at, string source)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;
    readonly string _source = source;
    int _at = at;

    public readonly bool IsAtEnd => _at >= _bytes.Length;

    public readonly int Position => _at;

    public void Align(int to) => _at = (_at + to - 1) / to * to;

    public byte Byte() => Take(1)[0];

    public uint Number()
    {
        Align(4);
        return BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
    }

    public ReadOnlySpan<byte> Text()
    {
        var text = Take(Number());
        Take(1); // the zero behind it
        return text;
    }

    public ReadOnlySpan<byte> Signature()
    {
        var signature = Take(Byte());
        Take(1);
        return signature;
    }

    ReadOnlySpan<byte> Take(uint count)
    {
        if (_at > _bytes.Length || count > _bytes.Length - _at)
            throw new FormatException($"{_source}: {count} bytes more were expected at {_at}, found the end of a message of {_bytes.Length}");
        var taken = _bytes.Slice(_at, (int)count);
        _at += (int)count;
        return taken;
    }
}
