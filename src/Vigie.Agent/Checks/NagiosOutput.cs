namespace Vigie.Agent.Checks;

/// <summary>
/// What a Nagios plugin prints: <c>text | numbers</c>, then lines of more text, behind the next <c>|</c> lines of more numbers. The
/// state is the exit code: 0 to 3, and anything else is no answer.
/// </summary>
static class NagiosOutput
{
    public static CheckResult Parse(string name, int exitCode, string output, string errorText)
    {
        var lines = output.ReplaceLineEndings("\n").Split('\n');
        var (text, numbers) = Halves(lines[0]);
        var details = new List<string>();
        bool behind = false;
        foreach (var line in lines.Skip(1))
        {
            var (more, moreNumbers) = behind ? ("", line) : Halves(line);
            behind |= line.Contains('|', StringComparison.Ordinal);
            if (more.Length > 0)
                details.Add(more);
            numbers += " " + moreNumbers;
        }
        var bad = new List<string>();
        var values = Perfdata.Parse(numbers, bad);
        if (bad.Count > 0)
            details.Add($"Values that could not be read: {string.Join(", ", bad.Take(5))}{(bad.Count > 5 ? ", …" : "")}");
        if (text.Length == 0)
            text = errorText.Trim() is { Length: > 0 } said ? said.Split('\n')[0] : "it printed nothing";
        var state = exitCode is >= 0 and <= 3 ? (CheckState)exitCode : CheckState.Unknown;
        if (exitCode is < 0 or > 3)
            text = $"it ended with exit code {exitCode}, which means no state (0 to 3 do): {text}";
        return new(name, state, CheckText.Line(text), CheckText.Details(string.Join('\n', details)), values);
    }

    static (string Text, string Numbers) Halves(string line)
    {
        int bar = line.IndexOf('|', StringComparison.Ordinal);
        return bar < 0 ? (line.Trim(), "") : (line[..bar].Trim(), line[(bar + 1)..]);
    }
}
