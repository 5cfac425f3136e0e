using System.Text;

namespace Vigie.PromQL.Parsing;

/// <summary>Durations as PromQL writes them: units from large to small, each at most once: <c>1d12h</c>, <c>250ms</c>.</summary>
public static class Durations
{
    static readonly (string Unit, long Ms)[] Units =
    [
        ("y", 365 * 86_400_000L), ("w", 7 * 86_400_000L), ("d", 86_400_000L), ("h", 3_600_000L), ("m", 60_000L), ("s", 1000L), ("ms", 1L),
    ];

    /// <summary>Longest duration: about 292 years, as in Go, so every sum of a time and a duration stays in range.</summary>
    public const long MaxMs = long.MaxValue / 1_000_000;

    /// <param name="ms">Milliseconds.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out long ms)
    {
        ms = 0;
        int unit = 0;
        while (text.Length > 0)
        {
            int digits = 0;
            long amount = 0;
            for (; digits < text.Length && char.IsAsciiDigit(text[digits]); digits++)
                amount = Math.Min((amount * 10) + text[digits] - '0', MaxMs);
            int letters = digits;
            while (letters < text.Length && char.IsAsciiLetter(text[letters]))
                letters++;
            var name = text[digits..letters];
            while (unit < Units.Length && !name.SequenceEqual(Units[unit].Unit))
                unit++;
            if (digits == 0 || unit == Units.Length || amount > (MaxMs - ms) / Units[unit].Ms)
                return false;
            ms += amount * Units[unit++].Ms;
            text = text[letters..];
        }
        return unit > 0;
    }

    /// <summary>Milliseconds as a duration that reads back as the same.</summary>
    public static string Print(long ms)
    {
        if (ms == 0)
            return "0s";
        var text = new StringBuilder(ms < 0 ? "-" : "");
        long rest = Math.Abs(ms);
        foreach (var (unit, size) in Units)
        {
            // Weeks and years only when they come out even: 1w1d would be read by nobody.
            if (rest < size || (unit is "y" or "w" && rest % size != 0))
                continue;
            text.Append(rest / size).Append(unit);
            rest %= size;
        }
        return text.ToString();
    }
}
