using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Evaluation;
using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Functions that rewrite labels.</summary>
static class LabelFunctions
{
    public static readonly Function[] All =
    [
        new VectorFunction("label_replace", Replace, InstantVector, ValueKind.String, ValueKind.String, ValueKind.String, ValueKind.String),
        new VectorFunction("label_join", Join, InstantVector, ValueKind.String, ValueKind.String, ValueKind.String)
        {
            Variadic = true,
            Optional = 1,
        },
    ];

    static List<StepSeries> Replace(Evaluator e, Call call, Grid grid)
    {
        string target = Target(e, call), template = e.Text(call.Arguments[2]), source = e.Text(call.Arguments[3]);
        var pattern = Pattern(e.Text(call.Arguments[4]), call.Arguments[4].At);
        return Rewritten(e, call, grid, target, labels =>
            pattern.Match(labels[source]) is { Success: true } match ? Expand(template, match) : null);
    }

    static List<StepSeries> Join(Evaluator e, Call call, Grid grid)
    {
        string target = Target(e, call), separator = e.Text(call.Arguments[2]);
        var sources = call.Arguments.Skip(3).Select(e.Text).ToArray();
        return Rewritten(e, call, grid, target, labels => string.Join(separator, sources.Select(source => labels[source])));
    }

    static string Target(Evaluator e, Call call) => e.Text(call.Arguments[1]) is { Length: > 0 } name
        ? name
        : throw PromQLException.Evaluation(call.Arguments[1].At,
            $"{call.Function}() needs the name of a label to write to, found an empty string");

    /// <param name="value">The label's new value, or null to leave the series as it is.</param>
    static List<StepSeries> Rewritten(Evaluator e, Call call, Grid grid, string target, Func<Labels, string?> value)
    {
        var vector = e.Vector(call.Arguments[0], grid);
        foreach (var series in vector)
        {
            if (value(series.Labels) is not { } written)
                continue;
            series.Labels = series.Labels.With(target, written);
            series.DropName &= target != Labels.MetricName;
        }
        return SeriesMerge.Merge(vector, call.At);
    }

    static Regex Pattern(string pattern, TextPosition at)
    {
        try
        {
            string named = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);
            return new Regex($@"\A(?s:{named})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw PromQLException.Evaluation(at, $"this is no regular expression that can be used here: {e.Message}");
        }
    }

    /// <summary><c>$1</c>, <c>${1}</c>, <c>$name</c>, <c>$$</c>; a group that doesn't exist is empty.</summary>
    static string Expand(string template, Match match)
    {
        var text = new StringBuilder();
        for (int i = 0; i < template.Length; i++)
        {
            if (template[i] != '$' || i + 1 == template.Length)
            {
                text.Append(template[i]);
                continue;
            }
            if (template[i + 1] == '$')
            {
                text.Append(template[++i]);
                continue;
            }
            bool braces = template[i + 1] == '{';
            int start = i + (braces ? 2 : 1), end = start;
            while (end < template.Length && (char.IsLetterOrDigit(template[end]) || template[end] == '_'))
                end++;
            if (end == start || (braces && (end == template.Length || template[end] != '}')))
            {
                text.Append('$');
                continue;
            }
            string name = template[start..end];
            bool numbered = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
            text.Append((numbered ? match.Groups[number] : match.Groups[name]).Value);
            i = braces ? end : end - 1;
        }
        return text.ToString();
    }
}
