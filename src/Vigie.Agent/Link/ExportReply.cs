using System.Globalization;
using System.Text;

namespace Vigie.Agent.Link;

/// <summary>
/// The few fields the agent reads of a hub's replies (protobuf): <c>ExportMetricsServiceResponse { partial_success = 1 { rejected = 1,
/// error_message = 2 } }</c> and <c>google.rpc.Status { message = 2 }</c>. A reply that is neither reads as saying nothing.
/// </summary>
static class ExportReply
{
    const int MostText = 300;

    public static (long Rejected, string Message) PartialSuccess(ReadOnlySpan<byte> reply)
    {
        var partial = Find(reply, 1).Bytes;
        return ((long)Find(partial, 1).Number, Text(Find(partial, 2).Bytes));
    }

    public static string StatusMessage(ReadOnlySpan<byte> reply) => Text(Find(reply, 2).Bytes);

    /// <summary>Retry-After as it comes: seconds, or a date of HTTP. Null when it is neither, zero when the date is past.</summary>
    public static TimeSpan? RetryAfter(string? header, DateTimeOffset now)
    {
        if (int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
            return TimeSpan.FromSeconds(seconds);
        if (!DateTimeOffset.TryParseExact(header, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            return null;
        return date > now ? date - now : TimeSpan.Zero;
    }

    readonly ref struct Field(ulong number, ReadOnlySpan<byte> bytes)
    {
        public readonly ulong Number = number;
        public readonly ReadOnlySpan<byte> Bytes = bytes;
    }

    /// <summary>The last field of that number, as protobuf has it; empty when the message is broken or has none.</summary>
    static Field Find(ReadOnlySpan<byte> message, int wanted)
    {
        Field found = default;
        while (!message.IsEmpty)
        {
            if (!TakeVarint(ref message, out ulong tag))
                return default;
            ulong number = 0, length;
            switch (tag & 7)
            {
                case 0 when TakeVarint(ref message, out number): length = 0; break;
                case 1: length = 8; break;
                case 2 when TakeVarint(ref message, out length): break;
                case 5: length = 4; break;
                default: return default;
            }
            if (length > (ulong)message.Length)
                return default;
            if (tag >> 3 == (ulong)wanted)
                found = new(number, message[..(int)length]);
            message = message[(int)length..];
        }
        return found;
    }

    static bool TakeVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (int i = 0; i < 10 && i < message.Length; i++)
        {
            value |= (ulong)(message[i] & 0x7f) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }
        return false;
    }

    static string Text(ReadOnlySpan<byte> utf8) =>
        string.Concat(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MostText)]).Select(c => char.IsControl(c) ? ' ' : c));
}
