using System.Buffers.Text;
using System.Globalization;

namespace Vigie.Hub.Api;

/// <summary>Numbers as Prometheus' API writes them: the shortest digits that read back as the same number.</summary>
static class NumberText
{
    /// <summary>A minus, 17 digits, a point and either as many zeros as the plain form may have, or an exponent.</summary>
    public const int MostBytes = 40;

    /// <summary>Plain from a millionth up to 10^21, with an exponent beyond; <c>NaN</c>, <c>+Inf</c>, <c>-Inf</c>.</summary>
    public static int Write(double value, Span<byte> to)
    {
        if (!double.IsFinite(value))
            return Copy(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8, to);
        if (TryShort(value, to, out int written))
            return written;
        value.TryFormat(to, out written, "R", CultureInfo.InvariantCulture);
        int e = to[..written].IndexOf((byte)'E');
        if (e < 0)
            return written;
        Utf8Parser.TryParse(to[(e + (to[e + 1] == '+' ? 2 : 1))..written], out int exponent, out _);
        if (Math.Abs(value) is < 1e-6 or >= 1e21)
            return e + WriteExponent(exponent, to[e..]);
        return Plain(to, e, exponent);
    }

    /// <summary>
    /// Most values have a few decimals. Such a one has at most fifteen digits; no two numbers of so few are the same double, so it is
    /// the shortest text, and found without the general search for it.
    /// </summary>
    static bool TryShort(double value, Span<byte> to, out int written)
    {
        const double Scale = 10_000, Most = 1e15;
        written = 0;
        double scaled = Math.Round(value * Scale);
        if (!(Math.Abs(scaled) < Most) || scaled / Scale != value || (value == 0 && double.IsNegative(value)))
            return false;
        long whole = Math.DivRem((long)scaled, (long)Scale, out long rest);
        if (scaled < 0 && whole == 0)
            to[written++] = (byte)'-';
        Utf8Formatter.TryFormat(whole, to[written..], out int digits);
        written += digits;
        if (rest == 0)
            return true;
        rest = Math.Abs(rest);
        to[written++] = (byte)'.';
        for (long place = (long)Scale / 10; rest > 0; place /= 10)
        {
            to[written++] = (byte)('0' + (rest / place));
            rest %= place;
        }
        return true;
    }

    /// <summary>Seconds with milliseconds where there are any.</summary>
    public static int WriteSeconds(long timeMs, Span<byte> to)
    {
        int at = 0;
        if (timeMs < 0)
            to[at++] = (byte)'-';
        ulong size = (ulong)Math.Abs(timeMs);
        Utf8Formatter.TryFormat(size / 1000, to[at..], out int digits);
        at += digits;
        if (size % 1000 == 0)
            return at;
        to[at++] = (byte)'.';
        Utf8Formatter.TryFormat(size % 1000, to[at..], out digits, new('D', 3));
        return at + digits;
    }

    /// <summary>"1.25E+16" to "12500000000000000", "1.5E-06" to "0.0000015".</summary>
    static int Plain(Span<byte> text, int e, int exponent)
    {
        Span<byte> digits = stackalloc byte[MostBytes];
        int sign = text[0] == '-' ? 1 : 0, count = 0;
        foreach (byte c in text[sign..e])
            if (c != '.')
                digits[count++] = c;
        int at = sign;
        if (exponent < 0)
        {
            at += Copy("0."u8, text[at..]);
            for (int zero = exponent + 1; zero < 0; zero++)
                text[at++] = (byte)'0';
            return at + Copy(digits[..count], text[at..]);
        }
        for (int i = 0; i <= Math.Max(exponent, count - 1); i++)
        {
            if (i == exponent + 1)
                text[at++] = (byte)'.';
            text[at++] = i < count ? digits[i] : (byte)'0';
        }
        return at;
    }

    static int WriteExponent(int exponent, Span<byte> to)
    {
        to[0] = (byte)'e';
        to[1] = exponent < 0 ? (byte)'-' : (byte)'+';
        Utf8Formatter.TryFormat(Math.Abs(exponent), to[2..], out int digits, new('D', 2));
        return 2 + digits;
    }

    static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }
}
