using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Vigie.Agent.Checks.Kinds;

/// <summary>The two messages of DNS that a check needs (RFC 1035): a question for addresses, and the answer.</summary>
static class DnsMessage
{
    const int HeaderLength = 12, A = 1, Aaaa = 28, Internet = 1, LongestName = 253, LongestLabel = 63;
    const int NoSuchName = 3;

    public static bool IsName(string name) => name.Length is > 0 and <= LongestName
        && name.Split('.').All(l => l.Length is > 0 and <= LongestLabel && l.All(c => c is > ' ' and <= '~'));

    public static byte[] Question(ushort id, string name, bool v6)
    {
        using var message = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        header[2] = 1; // recursion is desired
        header[5] = 1; // one question
        message.Write(header);
        foreach (var label in name.Split('.'))
        {
            message.WriteByte((byte)label.Length);
            message.Write(Encoding.ASCII.GetBytes(label));
        }
        message.Write([0, 0, (byte)(v6 ? Aaaa : A), 0, Internet]);
        return message.ToArray();
    }

    /// <summary>The addresses in an answer, none when the name has none; null when it answers another question.</summary>
    /// <exception cref="FormatException">The server refuses, or the answer is broken.</exception>
    public static IReadOnlyList<IPAddress>? Addresses(ReadOnlySpan<byte> message, ushort id, bool v6)
    {
        if (message.Length < HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(message) != id || (message[2] & 0x80) == 0)
            return null;
        int code = message[3] & 0x0f;
        if (code is not (0 or NoSuchName))
            throw new FormatException($"the server answers by error {code}{(code == 2 ? " (it failed)" : code == 5 ? " (it refuses)" : "")}");
        int questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]), answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var rest = message[HeaderLength..];
        for (int i = 0; i < questions; i++)
            Skip(ref rest, NameLength(rest) + 4);
        var found = new List<IPAddress>();
        for (int i = 0; i < answers; i++)
        {
            Skip(ref rest, NameLength(rest));
            if (rest.Length < 10)
                throw Broken();
            int type = BinaryPrimitives.ReadUInt16BigEndian(rest), length = BinaryPrimitives.ReadUInt16BigEndian(rest[8..]);
            Skip(ref rest, 10);
            if (rest.Length < length)
                throw Broken();
            if (type == (v6 ? Aaaa : A) && length == (v6 ? 16 : 4))
                found.Add(new(rest[..length]));
            Skip(ref rest, length);
        }
        return found;
    }

    static int NameLength(ReadOnlySpan<byte> rest)
    {
        int length = 0;
        while (length < rest.Length)
        {
            if (rest[length] == 0)
                return length + 1;
            if (rest[length] >= 0xc0) // the rest of the name stands elsewhere
                return length + 2;
            length += rest[length] + 1;
        }
        throw Broken();
    }

    static void Skip(ref ReadOnlySpan<byte> rest, int length) => rest = length <= rest.Length ? rest[length..] : throw Broken();

    static FormatException Broken() => new("the server's answer is broken off");
}
