using System.Globalization;
using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Parsing;

namespace Vigie.PromQL.Testing;

/// <summary>Reads the script format of Prometheus' own test suite. A line that can't be read is an error that names it.</summary>
static class ScriptParser
{
    public static List<ScriptCommand> Parse(string script)
    {
        var commands = new List<ScriptCommand>();
        int number = 0;
        foreach (string raw in script.Split('\n'))
        {
            number++;
            string line = raw.TrimEnd();
            if (line.Length == 0 || line.TrimStart().StartsWith('#'))
                continue;
            try
            {
                if (!char.IsWhiteSpace(line[0]))
                    commands.Add(Command(number, line));
                else if (commands.Count > 0)
                    Belongs(commands[^1], line.Trim());
                else
                    throw new FormatException("an indented line needs a command above it");
            }
            catch (Exception e) when (e is FormatException or OverflowException or PromQLException)
            {
                throw new FormatException($"line {number}: {e.Message}", e);
            }
        }
        return commands;
    }

    static ScriptCommand Command(int number, string line)
    {
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words[0] switch
        {
            "clear" => new ClearCommand(number),
            "load" when words.Length == 2 => new LoadCommand(number, Time(words[1]), new List<ScriptSeries>()),
            "eval" or "eval_fail" or "eval_ordered" or "eval_warn" or "eval_info" => Eval(number, line, words[0]),
            _ => throw new FormatException($"expected clear, load STEP or eval, found '{line}'"),
        };
    }

    static EvalCommand Eval(int number, string line, string spelling)
    {
        string rest = line[spelling.Length..].TrimStart();
        EvalCommand command;
        if (TrySkip(ref rest, "instant") && TrySkip(ref rest, "at"))
        {
            long at = Time(Word(ref rest));
            command = new(number, rest, at, at, 0);
        }
        else if (TrySkip(ref rest, "range"))
        {
            var (start, end, step) = Steps(ref rest);
            command = new(number, rest, start, end, step);
        }
        else
            throw new FormatException("expected 'instant at TIME QUERY' or 'range from A to B step S QUERY'");
        command.Fails = spelling == "eval_fail";
        command.Ordered = spelling == "eval_ordered";
        if (spelling is "eval_warn" or "eval_info")
            command.Expectations.Add(new(spelling[5..], null, IsRegex: false));
        return command;
    }

    static void Belongs(ScriptCommand command, string line)
    {
        if (command is LoadCommand load)
            ((List<ScriptSeries>)load.Series).Add(Series(line));
        else if (command is EvalCommand eval && line.StartsWith("expect ", StringComparison.Ordinal))
            Expect(eval, line["expect ".Length..].TrimStart());
        else if (command is EvalCommand evaluated)
            evaluated.Expected.Add(IsNumber(line) ? new(null, [PointNotation.Number(line)]) : Series(line));
        else
            throw new FormatException($"'clear' takes no lines, found '{line}'");
    }

    static void Expect(EvalCommand eval, string rest)
    {
        string kind = Word(ref rest);
        switch (kind)
        {
            case "fail" or "warn" or "info" or "no_warn" or "no_info":
                eval.Fails |= kind == "fail";
                bool regex = TrySkip(ref rest, "regex:");
                bool message = regex || TrySkip(ref rest, "msg:");
                eval.Expectations.Add(new(kind, message ? rest.Trim() : null, regex));
                break;
            case "ordered":
                eval.Ordered = true;
                break;
            case "string":
                eval.Text = Expr.Parse(rest) is StringLiteral text
                    ? text.Value
                    : throw new FormatException($"expected a string, found '{rest}'");
                break;
            case "range" when TrySkip(ref rest, "vector"):
                var (start, _, step) = Steps(ref rest);
                eval.Range = (start, step);
                break;
            default:
                throw new FormatException($"unknown expectation '{kind}'");
        }
    }

    static ScriptSeries Series(string line)
    {
        var labels = Parser.ParseSeries(line, out int end);
        return new(labels, PointNotation.Parse(line[end..]));
    }

    static (long Start, long End, long Step) Steps(ref string rest)
    {
        long start = TrySkip(ref rest, "from") ? Time(Word(ref rest)) : throw new FormatException("expected 'from'");
        long end = TrySkip(ref rest, "to") ? Time(Word(ref rest)) : throw new FormatException("expected 'to'");
        long step = TrySkip(ref rest, "step") ? Time(Word(ref rest)) : throw new FormatException("expected 'step'");
        return (start, end, step);
    }

    static bool TrySkip(ref string rest, string word)
    {
        if (!rest.StartsWith(word, StringComparison.Ordinal))
            return false;
        rest = rest[word.Length..].TrimStart();
        return true;
    }

    static string Word(ref string rest)
    {
        int end = rest.AsSpan().IndexOfAny(' ', '\t');
        string word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? "" : rest[end..].TrimStart();
        return word;
    }

    /// <summary>A duration, or a number of seconds.</summary>
    static long Time(string text)
    {
        if (Durations.TryParse(text, out long ms))
            return ms;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            ? (long)Math.Round(seconds * 1000)
            : throw new FormatException($"expected a time such as 0, 90s or 1h30m, found '{text}'");
    }

    static bool IsNumber(string line) =>
        double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        || line.TrimStart('+', '-').ToLowerInvariant() is "inf" or "nan";
}
