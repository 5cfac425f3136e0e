using System.Globalization;
using System.Text.RegularExpressions;
using Vigie.Core.Metrics;

namespace Vigie.Hub.Alerts.Groups;

/// <summary>
/// The templates that annotations of imported rules are written in: of Go's language the part that rules use, the labels and the
/// value of an alert, through the functions that format numbers. What is not understood stays as it is written.
/// </summary>
static partial class AnnotationText
{
    public static string Expand(string text, Labels labels, double value) =>
        Action().Replace(text, match => Evaluate(match.Groups["pipe"].Value, labels, value) is { } result ? Written(result) : match.Value);

    static object? Evaluate(string pipe, Labels labels, double value)
    {
        object? result = null;
        foreach (string step in pipe.Split('|', StringSplitOptions.TrimEntries))
        {
            var words = Word().Matches(step).Select(w => w.Value).ToList();
            if (words.Count == 0)
                return null;
            var arguments = new List<object?>(words.Skip(1).Select(w => Operand(w, labels, value)));
            if (result is not null)
                arguments.Add(result);
            result = Operand(words[0], labels, value) is { } operand && arguments.Count == 0 ? operand : Call(words[0], arguments);
            if (result is null)
                return null;
        }
        return result;
    }

    static object? Operand(string word, Labels labels, double value)
    {
        foreach (string prefix in new[] { "$labels.", ".Labels." })
            if (word.StartsWith(prefix, StringComparison.Ordinal))
                return labels[word[prefix.Length..]];
        return word switch
        {
            "$value" or ".Value" => value,
            ['"', .., '"'] => word[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal),
            _ => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null,
        };
    }

    static object? Call(string name, List<object?> arguments) => (name, arguments) switch
    {
        ("humanize", [var v]) => Number(v) is { } n ? Scaled(n, 1000, ["", "k", "M", "G", "T", "P", "E", "Z", "Y"]) : null,
        ("humanize1024", [var v]) => Number(v) is { } n ? Scaled(n, 1024, ["", "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"]) : null,
        ("humanizePercentage", [var v]) => Number(v) is { } n ? Short(n * 100) + "%" : null,
        ("humanizeDuration", [var v]) => Number(v) is { } n ? Duration(n) : null,
        ("humanizeTimestamp", [var v]) => Number(v) is { } n && Math.Abs(n) < 1e11
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(n * 1000)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC"
            : null,
        ("title", [string s]) => s.Length > 0 ? char.ToUpperInvariant(s[0]) + s[1..] : s,
        ("toUpper", [string s]) => s.ToUpperInvariant(),
        ("toLower", [string s]) => s.ToLowerInvariant(),
        ("printf", [string format, var v]) => Printf(format, v),
        _ => null,
    };

    static string? Printf(string format, object? value)
    {
        if (Verb().Matches(format) is not [var verb])
            return null;
        string digits = verb.Groups["digits"].Value;
        int places = digits.Length > 0 ? int.Parse(digits, CultureInfo.InvariantCulture) : 6;
        string? written = (verb.Groups["verb"].Value, Number(value)) switch
        {
            ("f", { } n) => n.ToString($"F{places}", CultureInfo.InvariantCulture),
            ("d", { } n) => n.ToString("F0", CultureInfo.InvariantCulture),
            ("s" or "v" or "g", _) => Written(value!),
            _ => null,
        };
        return written is null ? null : format.Replace(verb.Value, written, StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal);
    }

    static double? Number(object? value) => value switch
    {
        double number => number,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
        _ => null,
    };

    static string Scaled(double value, double step, ReadOnlySpan<string> prefixes)
    {
        int power = 0;
        for (; Math.Abs(value) >= step && power < prefixes.Length - 1 && double.IsFinite(value); power++)
            value /= step;
        return Short(value) + prefixes[power];
    }

    static string Duration(double seconds)
    {
        if (!(Math.Abs(seconds) < 1e10))
            return Short(seconds);
        if (Math.Abs(seconds) < 1)
            return Scaled(seconds * 1000, 1e9, [""]) + "ms";
        var span = TimeSpan.FromSeconds(Math.Floor(Math.Abs(seconds)));
        string sign = seconds < 0 ? "-" : "";
        return sign + (span.TotalMinutes < 1 ? $"{span.Seconds}s" : span.TotalHours < 1 ? $"{span.Minutes}m {span.Seconds}s"
            : span.TotalDays < 1 ? $"{span.Hours}h {span.Minutes}m {span.Seconds}s" : $"{(int)span.TotalDays}d {span.Hours}h {span.Minutes}m {span.Seconds}s");
    }

    /// <summary>Four significant digits.</summary>
    static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    static string Written(object value) =>
        value is double number ? number.ToString("R", CultureInfo.InvariantCulture) : (string)value;

    [GeneratedRegex(@"\{\{-?\s*(?<pipe>[^{}]*?)\s*-?\}\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Action();

    [GeneratedRegex(@"""(\\.|[^""\\])*""|[^\s""]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"%\.?(?<digits>\d{0,2})(?<verb>[fdsvg])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Verb();
}
