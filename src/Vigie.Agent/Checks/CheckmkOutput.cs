namespace Vigie.Agent.Checks;

/// <summary>
/// What a Checkmk local check prints: a line for each service, <c>STATUS "Service name" metrics text</c>. The status is 0 to 3, or P
/// for one that follows from the levels; metrics are <c>-</c> or <c>name=value;warn;crit;min;max|…</c>, a level being the upper one or
/// <c>lower:upper</c>.
/// </summary>
static class CheckmkOutput
{
    public const int MostServices = 500;

    /// <param name="source">What printed it, for the results about lines that can't be read.</param>
    public static List<CheckResult> Parse(string source, string output)
    {
        var results = new List<CheckResult>();
        var bad = new List<string>();
        int number = 0;
        foreach (var line in output.ReplaceLineEndings("\n").Split('\n').Select(l => l.Trim()))
        {
            number++;
            if (line.Length == 0)
                continue;
            if (results.Count == MostServices)
                bad.Add($"line {number} and those behind it: more than {MostServices} services");
            else if (Service(WithoutCache(line)) is { } service)
                results.Add(service);
            else
                bad.Add($"line {number}: STATUS \"NAME\" METRICS TEXT was expected, found \"{CheckText.Label(line)}\"");
            if (results.Count == MostServices && bad.Count > 0)
                break;
        }
        if (bad.Count > 0)
            results.Add(new(source, CheckState.Unknown, CheckText.Line(bad[0]), CheckText.Details(string.Join('\n', bad.Skip(1)))));
        return results;
    }

    // cached(when,seconds) stands before lines that an agent has kept
    static string WithoutCache(string line) =>
        line.StartsWith("cached(", StringComparison.Ordinal) && line.IndexOf(") ", StringComparison.Ordinal) is > 0 and var end
            ? line[(end + 2)..].TrimStart() : line;

    static CheckResult? Service(string line)
    {
        if (line.Length < 2 || line[1] is not (' ' or '\t') || line[0] is not ('0' or '1' or '2' or '3' or 'P'))
            return null;
        string rest = line[1..].TrimStart();
        string name;
        if (rest.StartsWith('"'))
        {
            int close = rest.IndexOf('"', 1);
            if (close < 2)
                return null;
            (name, rest) = (rest[1..close], rest[(close + 1)..].TrimStart());
        }
        else
        {
            (name, rest) = Word(rest);
        }
        (var metrics, rest) = Word(rest);
        if (name.Length == 0 || metrics.Length == 0)
            return null;
        var figures = metrics == "-" ? [] : Values(metrics);
        if (figures is null)
            return null;
        var state = line[0] == 'P' ? figures.Select(State).DefaultIfEmpty(CheckState.Ok).Max() : (CheckState)(line[0] - '0');
        var text = rest.Replace("\\n", "\n", StringComparison.Ordinal).Split('\n', 2);
        return new(CheckText.Label(name), state, CheckText.Line(text[0]), text.Length > 1 ? CheckText.Details(text[1]) : "", figures);
    }

    static (string First, string Behind) Word(string text)
    {
        int blank = text.AsSpan().IndexOfAny(' ', '\t');
        return blank < 0 ? (text, "") : (text[..blank], text[blank..].TrimStart());
    }

    static List<CheckValue>? Values(string metrics)
    {
        var values = new List<CheckValue>();
        foreach (var metric in metrics.Split('|').Take(Perfdata.MostValues))
        {
            int equals = metric.IndexOf('=', StringComparison.Ordinal);
            var parts = metric[(equals + 1)..].Split(';');
            int length = CheckUnits.TakeNumber(parts[0], out double number);
            if (equals < 1 || length == 0 || values.Any(v => v.Label == metric[..equals]))
                return null;
            var (unit, factor, suffix) = CheckUnits.Of(parts[0][length..]);
            values.Add(new(CheckText.Label(metric[..equals]), number * factor, unit, suffix, Levels(1), Levels(2), Bound(3), Bound(4)));

            CheckRange? Levels(int index) => index < parts.Length ? Perfdata.Range(parts[index], factor) : null;
            double? Bound(int index) => Levels(index)?.High;
        }
        return values;
    }

    /// <summary>At the upper level and below the lower one it is reached, as Checkmk has it.</summary>
    static CheckState State(CheckValue value) =>
        IsReached(value.Value, value.Critical) ? CheckState.Critical
        : IsReached(value.Value, value.Warning) ? CheckState.Warning : CheckState.Ok;

    static bool IsReached(double value, CheckRange? levels) => levels is not null && (value >= levels.High || value < levels.Low);
}
