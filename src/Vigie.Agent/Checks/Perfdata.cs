namespace Vigie.Agent.Checks;

/// <summary>
/// Nagios' performance data: <c>'label'=value[UOM];[warn];[crit];[min];[max]</c>, parted by blanks. What can't be read is passed over
/// and named, for the plugin's state is worth more than its numbers.
/// </summary>
static class Perfdata
{
    public const int MostValues = 200;

    /// <param name="bad">Takes what was passed over.</param>
    public static List<CheckValue> Parse(string text, List<string> bad)
    {
        var values = new List<CheckValue>();
        var labels = new HashSet<string>(StringComparer.Ordinal);
        for (int at = 0; (at = SkipBlanks(text, at)) < text.Length;)
        {
            int start = at;
            var label = TakeLabel(text, ref at);
            int end = text.AsSpan(at).IndexOfAny(' ', '\t') is >= 0 and var blank ? at + blank : text.Length;
            var value = label is { Length: > 0 } ? Value(label, text[at..end]) : null;
            at = end;
            if (value is null || !labels.Add(value.Label) || values.Count == MostValues)
                bad.Add(CheckText.Label(text[start..end]));
            else if (!double.IsNaN(value.Value)) // U: the plugin itself does not know
                values.Add(value);
        }
        return values;
    }

    static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at;
    }

    /// <summary>The label and the equals sign behind it; null when there is none.</summary>
    static string? TakeLabel(string text, ref int at)
    {
        string label;
        if (text[at] != '\'')
        {
            int equals = text.AsSpan(at).IndexOfAny('=', ' ', '\t');
            if (equals < 0 || text[at + equals] != '=')
                return null;
            label = text.Substring(at, equals);
            at += equals + 1;
            return CheckText.Label(label);
        }
        int close = at + 1;
        while (close < text.Length && (text[close] != '\'' || (close + 1 < text.Length && text[close + 1] == '\'')))
            close += text[close] == '\'' ? 2 : 1;
        if (close + 1 >= text.Length || text[close + 1] != '=')
            return null;
        label = text[(at + 1)..close].Replace("''", "'", StringComparison.Ordinal);
        at = close + 2;
        return CheckText.Label(label);
    }

    static CheckValue? Value(string label, string text)
    {
        var parts = text.Split(';');
        int length = CheckUnits.TakeNumber(parts[0], out double number);
        var (unit, factor, suffix) = CheckUnits.Of(length == 0 ? "" : parts[0][length..]);
        if (length == 0 && parts[0] is not "U")
            return null;
        return new(label, number * factor, unit, suffix, Range(Part(1), factor), Range(Part(2), factor),
            Bound(Part(3), factor), Bound(Part(4), factor));

        string Part(int index) => index < parts.Length ? parts[index] : "";
    }

    /// <summary><c>[@][start:]end</c>; null for none. A start that is not written is left out: it is zero, which nobody meant.</summary>
    public static CheckRange? Range(string text, double factor)
    {
        bool inside = text.StartsWith('@');
        var rest = inside ? text[1..] : text;
        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        double? low = colon > 0 ? Bound(rest[..colon], factor) : null, high = Bound(rest[(colon + 1)..], factor);
        return low is null && high is null ? null : new(low, high, inside);
    }

    static double? Bound(string text, double factor)
    {
        int length = CheckUnits.TakeNumber(text, out double number);
        return length > 0 ? number * factor : null;
    }
}
