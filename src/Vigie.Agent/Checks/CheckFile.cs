namespace Vigie.Agent.Checks;

/// <summary>
/// The file of checks: a line for each, <c>NAME [every TIME] [timeout TIME] KIND ARGUMENTS</c>. Words are parted by blanks; in
/// "double quotes" or 'single quotes' blanks belong to the word, and in double quotes a backslash takes the next sign as it is. A line
/// that begins with # is a comment. No shell reads any of it.
/// </summary>
static class CheckFile
{
    const int MostChecks = 1000;

    static readonly TimeSpan ShortestEvery = TimeSpan.FromSeconds(5), LongestEvery = TimeSpan.FromDays(7),
        ShortestTimeout = TimeSpan.FromMilliseconds(100), LongestTimeout = TimeSpan.FromMinutes(10);

    /// <param name="text">What stands in the file.</param>
    /// <param name="path">How errors call it.</param>
    /// <param name="known">The checks by their lines as they were: a line that stays the same stays the same check.</param>
    /// <param name="errors">Takes every line that is wrong, with its number and the remedy; the good ones go on.</param>
    /// <returns>The checks by their lines, in the order of the file.</returns>
    public static Dictionary<string, ICheckSource> Parse(string text, string path, CheckContext context,
        IReadOnlyDictionary<string, ICheckSource> known, List<string> errors)
    {
        var sources = new Dictionary<string, ICheckSource>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        int number = 0;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (line.AsSpan().TrimStart() is [] or ['#', ..])
                continue;
            try
            {
                var (plan, arguments) = Line(Words(line));
                if (!names.Add(plan.Name))
                    throw new FormatException($"a second check is named {plan.Name}; give it another name");
                if (sources.Count == MostChecks)
                    throw new FormatException($"more than {MostChecks} checks; give the others to another host");
                sources.Add(line, known.TryGetValue(line, out var same) ? same : Create(plan, arguments, context));
            }
            catch (FormatException e)
            {
                errors.Add($"{path}, line {number}: {e.Message}");
            }
        }
        return sources;
    }

    static ICheckSource Create(CheckPlan plan, IReadOnlyList<string> arguments, CheckContext context)
    {
        try
        {
            return CheckKinds.Create(plan, new(arguments), context);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{e.Message}; write it like: {plan.Name} {CheckKinds.Usage(plan.Kind)}", e);
        }
    }

    static (CheckPlan Plan, IReadOnlyList<string> Arguments) Line(IReadOnlyList<string> words)
    {
        string name = words[0];
        if (name.Length is 0 or > CheckText.LongestLabel || name.Any(char.IsControl))
            throw new FormatException($"a name of 1 to {CheckText.LongestLabel} printable signs was expected first");
        TimeSpan every = CheckPlan.UsualEvery, timeout = CheckPlan.UsualTimeout;
        int at = 1;
        for (; at + 1 < words.Count && words[at] is "every" or "timeout"; at += 2)
        {
            bool isEvery = words[at] is "every";
            var (least, most) = isEvery ? (ShortestEvery, LongestEvery) : (ShortestTimeout, LongestTimeout);
            if (!CheckArguments.TryTime(words[at + 1], out var time) || time < least || time > most)
                throw new FormatException(
                    $"{words[at]}: \"{words[at + 1]}\" is no time from {Text(least)} to {Text(most)}; write it like 30s, 5m, 2h or 1d");
            if (isEvery)
                every = time;
            else
                timeout = time;
        }
        if (at == words.Count)
            throw new FormatException($"the kind of check is missing behind the name; there are {string.Join(", ", CheckKinds.Names)}");
        if (!CheckKinds.Has(words[at]))
            throw new FormatException($"there is no kind of check \"{words[at]}\"; there are {string.Join(", ", CheckKinds.Names)}");
        return (new(name, words[at], every, timeout), [.. words.Skip(at + 1)]);
    }

    /// <exception cref="FormatException">A quotation mark is not closed.</exception>
    public static IReadOnlyList<string> Words(string line)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        char quote = '\0';
        bool any = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quote == '\0' && c is ' ' or '\t')
            {
                if (any)
                    words.Add(word.ToString());
                word.Clear();
                any = false;
                continue;
            }
            any = true;
            if (quote == '\0' && c is '"' or '\'')
                quote = c;
            else if (c == quote)
                quote = '\0';
            else
                word.Append(c == '\\' && quote == '"' && i + 1 < line.Length ? line[++i] : c);
        }
        if (quote != '\0')
            throw new FormatException($"the sign {quote} is opened and not closed; close it");
        if (any)
            words.Add(word.ToString());
        return words;
    }

    static string Text(TimeSpan time) => time.TotalSeconds < 60 ? $"{time.TotalSeconds:0.#}s"
        : time.TotalHours < 24 ? $"{time.TotalMinutes:0}m" : $"{time.TotalDays:0}d";
}
