using System.Globalization;
using System.Text;

namespace Vigie.PromQL.Parsing;

/// <summary>The escapes inside quotes. <c>\x</c> and octal escapes are bytes of UTF-8, the others are characters.</summary>
static class StringEscapes
{
    /// <param name="bad">Where the first unknown escape begins.</param>
    public static bool TryRead(ReadOnlySpan<char> text, char quote, out string value, out int bad)
    {
        (value, bad) = (WellFormed(text), -1);
        if (!text.Contains('\\'))
            return true;
        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < text.Length;)
        {
            if (text[i] != '\\')
            {
                Rune.DecodeFromUtf16(text[i..], out var rune, out int used);
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += used;
                continue;
            }
            bad = i;
            char kind = i + 1 < text.Length ? text[i + 1] : '\0';
            i += 2;
            if (Plain(kind, quote) is { } plain)
            {
                bytes.Add((byte)plain);
                continue;
            }
            int digits = kind switch { 'x' => 2, 'u' => 4, 'U' => 8, >= '0' and <= '7' => 3, _ => 0 };
            int start = digits == 3 ? i - 1 : i;
            if (digits == 0 || start + digits > text.Length)
                return false;
            if (!TryNumber(text.Slice(start, digits), digits == 3 ? 8u : 16u, out uint number))
                return false;
            i = start + digits;
            if (digits < 4)
            {
                if (number > 255)
                    return false;
                bytes.Add((byte)number);
            }
            else if (Rune.IsValid(number))
                bytes.AddRange(utf8[..new Rune(number).EncodeToUtf8(utf8)]);
            else
                return false;
        }
        value = Encoding.UTF8.GetString([.. bytes]);
        return true;
    }

    /// <summary>Half a surrogate pair is no character; labels are UTF-8, so it becomes U+FFFD as it would there.</summary>
    public static string WellFormed(ReadOnlySpan<char> text) =>
        text.ContainsAnyInRange('\ud800', '\udfff') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToArray())) : text.ToString();

    static char? Plain(char kind, char quote) => kind switch
    {
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        '\\' => '\\',
        _ when kind == quote => kind,
        _ => null,
    };

    static bool TryNumber(ReadOnlySpan<char> digits, uint radix, out uint number)
    {
        if (radix == 16)
            return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
        number = 0;
        foreach (char c in digits)
        {
            if (c is < '0' or > '7')
                return false;
            number = (number * 8) + (uint)(c - '0');
        }
        return true;
    }
}
