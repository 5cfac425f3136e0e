using System.Text.RegularExpressions;
using Vigie.Core.Metrics;
using Vigie.PromQL.Parsing;

namespace Vigie.PromQL.Testing;

sealed record Difference(string Expected, string Got)
{
    public bool IsUnsupported { get; init; }
}

/// <summary>An evaluation's answer against what its script expects.</summary>
static class ScriptComparison
{
    const double Tolerance = 1e-6;

    public static Difference? Compare(EvalCommand eval, QueryResult result)
    {
        if (eval.Fails)
            return new("a failure", Describe(result));
        foreach (var expectation in eval.Expectations)
        {
            var messages = expectation.Kind is "warn" or "no_warn" ? result.Warnings : result.Infos;
            bool wanted = !expectation.Kind.StartsWith("no_", StringComparison.Ordinal);
            if (wanted != messages.Any(m => Matches(expectation, m)))
            {
                return new($"{expectation.Kind} {expectation.Message}".TrimEnd(),
                    messages.Count == 0 ? "none" : string.Join("; ", messages));
            }
        }
        return CompareValues(eval, result, eval.Ordered);
    }

    public static Difference? Compare(EvalCommand eval, PromQLException error)
    {
        if (!eval.Fails)
            return new(Describe(eval), error.Message);
        return eval.Expectations.Find(e => e.Kind == "fail" && !Matches(e, error.Reason)) is { } missed
            ? new($"a failure that says: {missed.Message}", error.Reason)
            : null;
    }

    public static Difference? CompareValues(EvalCommand eval, QueryResult result, bool ordered)
    {
        bool same = result switch
        {
            StringResult text => text.Value == eval.Text,
            ScalarResult scalar => eval.Expected is [{ Labels: null } one] && Same(one.Points[0], scalar.Value),
            VectorResult vector => Same(eval, vector, ordered),
            MatrixResult matrix => Same(eval, matrix),
            _ => false,
        };
        return same ? null : new(Describe(eval), Describe(result));
    }

    static bool Same(EvalCommand eval, VectorResult vector, bool ordered)
    {
        if (eval.Text is not null || vector.Samples.Count != eval.Expected.Count)
            return false;
        for (int i = 0; i < vector.Samples.Count; i++)
        {
            var sample = vector.Samples[i];
            var expected = ordered ? eval.Expected[i] : eval.Expected.Find(e => sample.Labels.Equals(e.Labels));
            if (expected is not { Points: [var point] } || !sample.Labels.Equals(expected.Labels) || !Same(point, sample.Value))
                return false;
        }
        return true;
    }

    static bool Same(EvalCommand eval, MatrixResult matrix)
    {
        var (start, step) = eval.Range ?? (eval.StartMs, eval.StepMs);
        var expected = eval.Expected.Where(e => e.Points.Any(p => p is not null)).ToList();
        if (matrix.Series.Count != expected.Count)
            return false;
        foreach (var series in matrix.Series)
        {
            if (expected.Find(e => series.Labels.Equals(e.Labels ?? Labels.Empty)) is not { } wanted)
                return false;
            int at = 0;
            for (int i = 0; i < wanted.Points.Count; i++)
            {
                if (wanted.Points[i] is not { } value)
                    continue;
                if (at == series.Values.Length || series.TimesMs.Span[at] != start + (i * step) || !Same(value, series.Values.Span[at++]))
                    return false;
            }
            if (at != series.Values.Length)
                return false;
        }
        return true;
    }

    static bool Same(double? expected, double got)
    {
        if (expected is not { } wanted)
            return false;
        if (double.IsNaN(wanted) || double.IsNaN(got))
            return double.IsNaN(wanted) && double.IsNaN(got);
        if (wanted.Equals(got) || wanted == got)
            return true;
        double difference = Math.Abs(wanted - got), size = Math.Min(Math.Abs(wanted) + Math.Abs(got), double.MaxValue);
        return wanted != 0 && got != 0 && difference / size < Tolerance;
    }

    static bool Matches(Expectation expectation, string message) => expectation switch
    {
        { Message: null } => true,
        { IsRegex: true } => Regex.IsMatch(message, expectation.Message, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)),
        _ => expectation.Message == message,
    };

    static string Describe(EvalCommand eval) => eval switch
    {
        { Fails: true } => "a failure",
        { Text: { } text } => Labels.Quote(text),
        { Expected.Count: 0 } => "nothing",
        _ => string.Join("; ", eval.Expected.Select(e =>
            $"{e.Labels} {string.Join(' ', e.Points.Select(p => p is { } value ? Numbers.Print(value) : "_"))}".Trim())),
    };

    static string Describe(QueryResult result) => result switch
    {
        StringResult text => Labels.Quote(text.Value),
        ScalarResult scalar => Numbers.Print(scalar.Value),
        VectorResult { Samples.Count: 0 } or MatrixResult { Series.Count: 0 } => "nothing",
        VectorResult vector => string.Join("; ", vector.Samples.Select(s => $"{s.Labels} {Numbers.Print(s.Value)}")),
        MatrixResult matrix => string.Join("; ", matrix.Series.Select(s => $"{s.Labels} {Points(s)}")),
        _ => result.ToString(),
    };

    static string Points(SeriesSamples series)
    {
        var times = series.TimesMs.ToArray();
        return string.Join(' ', series.Values.ToArray().Select((v, i) => $"{Numbers.Print(v)}@{times[i] / 1000.0}"));
    }
}
