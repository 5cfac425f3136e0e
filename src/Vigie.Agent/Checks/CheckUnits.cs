using System.Globalization;

namespace Vigie.Agent.Checks;

/// <summary>
/// The units that plugins write behind their numbers. Kilobytes and their like are taken as 1024: so do the plugins that write them.
/// </summary>
static class CheckUnits
{
    public static (CheckUnit Unit, double Factor, string Suffix) Of(string written) => written switch
    {
        "" => (CheckUnit.Plain, 1, ""),
        "s" => (CheckUnit.Seconds, 1, ""),
        "ms" => (CheckUnit.Seconds, 1e-3, ""),
        "us" or "µs" => (CheckUnit.Seconds, 1e-6, ""),
        "ns" => (CheckUnit.Seconds, 1e-9, ""),
        "%" => (CheckUnit.Ratio, 0.01, ""),
        "c" => (CheckUnit.Counter, 1, ""),
        "B" => (CheckUnit.Bytes, 1, ""),
        "kB" or "KB" or "KiB" => (CheckUnit.Bytes, 1024, ""),
        "MB" or "MiB" => (CheckUnit.Bytes, 1024d * 1024, ""),
        "GB" or "GiB" => (CheckUnit.Bytes, 1024d * 1024 * 1024, ""),
        "TB" or "TiB" => (CheckUnit.Bytes, 1024d * 1024 * 1024 * 1024, ""),
        "PB" or "PiB" => (CheckUnit.Bytes, 1024d * 1024 * 1024 * 1024 * 1024, ""),
        _ => (CheckUnit.Plain, 1, CheckText.Label(written)),
    };

    /// <summary>
    /// The number at the beginning of a text, and how long it is; 0 when there is none. A comma is a decimal point: plugins forget that
    /// their language has one.
    /// </summary>
    public static int TakeNumber(ReadOnlySpan<char> text, out double value)
    {
        int length = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || text[length] is '.' or ',' or '+' or '-'
            || (text[length] is 'e' or 'E' && length > 0 && char.IsAsciiDigit(text[length - 1]) && IsExponent(text[(length + 1)..]))))
            length++;
        Span<char> number = stackalloc char[Math.Min(length, 64)];
        if (length > number.Length || length == 0)
        {
            value = double.NaN;
            return 0;
        }
        text[..length].Replace(number, ',', '.');
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value) ? length : 0;
    }

    // 1e9 and 1e-9, but not the beginning of a unit
    static bool IsExponent(ReadOnlySpan<char> rest) =>
        rest is [>= '0' and <= '9', ..] || (rest is ['+' or '-', >= '0' and <= '9', ..]);
}
