using System.Globalization;
using System.Text;

namespace Vigie.PromQL.Parsing;

/// <summary>Numbers as PromQL writes them.</summary>
static class Numbers
{
    /// <summary>Digits with optional underscores, fraction and exponent; 0x hex; a leading zero makes octal digits, as Go has it.</summary>
    public static bool TryParse(string text, out double value)
    {
        value = 0;
        string digits = text;
        if (text.Contains('_', StringComparison.Ordinal))
        {
            for (int i = 0; i < text.Length; i++)
                if (text[i] == '_' && (i == 0 || i == text.Length - 1 || !char.IsAsciiHexDigit(text[i + 1]) || text[i - 1] is '_' or '.'))
                    return false;
            digits = text.Replace("_", "", StringComparison.Ordinal);
        }
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            if (digits.Length == 2)
                return false;
            foreach (char c in digits.AsSpan(2))
                value = (value * 16) + Convert.ToInt32(c.ToString(), 16);
            return true;
        }
        if (digits.Length is > 1 and < 20 && digits[0] == '0' && digits.All(c => c is >= '0' and <= '7'))
        {
            foreach (char c in digits)
                value = (value * 8) + (c - '0');
            return true;
        }
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(digits, Style, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Print(double value) => value switch
    {
        double.PositiveInfinity => "Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>Without exponent: the form in which <c>count_values</c> writes a value into a label.</summary>
    public static string PrintPlain(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int e = text.IndexOf('E', StringComparison.Ordinal);
        if (e < 0)
            return text;
        int exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = text[..e].TrimStart('-');
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        point = (point < 0 ? mantissa.Length : point) + exponent;
        var plain = new StringBuilder(value < 0 ? "-" : "");
        if (point <= 0)
            plain.Append("0.").Append('0', -point).Append(digits);
        else if (point >= digits.Length)
            plain.Append(digits).Append('0', point - digits.Length);
        else
            plain.Append(digits.AsSpan(0, point)).Append('.').Append(digits.AsSpan(point));
        return plain.ToString();
    }

    /// <summary>The form in which OpenMetrics writes a number into a label: a whole one shows that it is no integer.</summary>
    public static string PrintOpenMetrics(double value)
    {
        string text = PrintPlain(value);
        return double.IsFinite(value) && !text.Contains('.', StringComparison.Ordinal) ? text + ".0" : text;
    }
}
