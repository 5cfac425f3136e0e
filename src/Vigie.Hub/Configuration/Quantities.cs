using System.Globalization;

namespace Vigie.Hub.Configuration;

/// <summary>Durations and byte sizes as people write them: <c>15s</c>, <c>5min</c>, <c>7d</c>, <c>64MiB</c>.</summary>
static class Quantities
{
    static readonly (string Suffix, TimeSpan Unit)[] Durations =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("min", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)), ("w", TimeSpan.FromDays(7)),
    ];

    static readonly (string Suffix, long Unit)[] Sizes =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("kB", 1_000), ("MB", 1_000_000),
            ("GB", 1_000_000_000), ("B", 1)];

    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        text = text.Trim();
        foreach (var (suffix, unit) in Durations)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal) || !Number(text[..^suffix.Length], out decimal count))
                continue;
            if (count > long.MaxValue / 2 / unit.Ticks)
                return false;
            duration = TimeSpan.FromTicks((long)Math.Round(count * unit.Ticks));
            return true;
        }
        return text.Contains(':', StringComparison.Ordinal) // or "7" would be seven days
            && TimeSpan.TryParseExact(text, ["c", @"h\:mm\:ss", @"d\.hh\:mm\:ss"], CultureInfo.InvariantCulture, out duration)
            && duration >= TimeSpan.Zero;
    }

    public static bool TrySize(string text, out ByteSize size)
    {
        size = default;
        text = text.Trim();
        foreach (var (suffix, unit) in Sizes)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal) || !Number(text[..^suffix.Length], out decimal count))
                continue;
            if (count > long.MaxValue / 2 / unit)
                return false;
            size = new((long)Math.Round(count * unit));
            return true;
        }
        return false;
    }

    /// <summary>The shortest exact spelling: 90 s stays <c>90s</c>, 120 s is <c>2min</c>.</summary>
    public static string Text(TimeSpan duration)
    {
        foreach (var (suffix, unit) in new[] { ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour),
            ("min", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond) })
            if (duration.Ticks != 0 && duration.Ticks % unit == 0)
                return $"{duration.Ticks / unit}{suffix}";
        return duration.Ticks == 0 ? "0s" : $"{duration.Ticks / (decimal)TimeSpan.TicksPerMillisecond}ms";
    }

    /// <summary>Decimal: exact, and without NaN and infinities.</summary>
    static bool Number(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out value);
}

/// <summary>A number of bytes.</summary>
readonly record struct ByteSize(long Bytes)
{
    public override string ToString()
    {
        foreach (var (suffix, unit) in new[] { ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10) })
            if (Bytes != 0 && Bytes % unit == 0)
                return $"{Bytes / unit}{suffix}";
        return $"{Bytes}B";
    }
}
