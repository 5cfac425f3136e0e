using Vigie.Core.Metrics;

namespace Vigie.PromQL.Testing;

/// <summary>
/// Runs test scripts in the format of Prometheus' own suite. An instant evaluation is also run as the middle step of a range
/// query, which must say the same.
/// </summary>
public static class ScriptRunner
{
    const long Around = 60_000;

    /// <param name="name">The script's name in failures.</param>
    /// <exception cref="FormatException">The script has a line that can't be read; the message names it.</exception>
    public static async ValueTask<ScriptReport> RunAsync(string name, string script, CancellationToken ct = default)
    {
        var series = new MemorySeries();
        var engine = new QueryEngine(series, new QueryOptions());
        int passed = 0;
        var failures = new List<ScriptFailure>();
        var unsupported = new List<ScriptFailure>();
        foreach (var command in ScriptParser.Parse(script))
        {
            switch (command)
            {
                case ClearCommand:
                    series.Clear();
                    break;
                case LoadCommand load:
                    Load(series, load);
                    break;
                case EvalCommand eval:
                    var outcome = await OutcomeAsync(engine, eval, ct);
                    if (outcome is null)
                        passed++;
                    else
                    {
                        var list = outcome.IsUnsupported ? unsupported : failures;
                        list.Add(new(name, eval.Line, eval.Query, outcome.Expected, outcome.Got));
                    }
                    break;
            }
        }
        return new(passed, failures, unsupported);
    }

    static void Load(MemorySeries series, LoadCommand load)
    {
        foreach (var one in load.Series)
            for (int i = 0; i < one.Points.Count; i++)
                if (one.Points[i] is { } value)
                    series.Add(one.Labels!, i * load.StepMs, value);
    }

    static async ValueTask<Difference?> OutcomeAsync(QueryEngine engine, EvalCommand eval, CancellationToken ct)
    {
        try
        {
            var result = eval.StepMs == 0
                ? await engine.InstantAsync(eval.Query, eval.StartMs, ct)
                : await engine.RangeAsync(eval.Query, eval.StartMs, eval.EndMs, eval.StepMs, ct);
            return ScriptComparison.Compare(eval, result) ?? (IsTimeless(eval, result) ? await AroundAsync(engine, eval, ct) : null);
        }
        catch (PromQLException e) when (e.Error == PromQLError.Unsupported)
        {
            return new("an answer", e.Message) { IsUnsupported = true };
        }
        catch (PromQLException e)
        {
            return ScriptComparison.Compare(eval, e);
        }
    }

    /// <summary>Whether the answer depends on the instant alone, and not on the query's own start, end and step.</summary>
    static bool IsTimeless(EvalCommand eval, QueryResult result) => eval.StepMs == 0 && result is ScalarResult or VectorResult
        && !new[] { "start()", "end()", "step()", "range()" }.Any(word => eval.Query.Contains(word, StringComparison.Ordinal));

    static async ValueTask<Difference?> AroundAsync(QueryEngine engine, EvalCommand eval, CancellationToken ct)
    {
        MatrixResult matrix;
        try
        {
            matrix = (MatrixResult)await engine.RangeAsync(eval.Query, eval.StartMs - Around, eval.StartMs + Around, Around, ct);
        }
        catch (PromQLException e) when (e.Error == PromQLError.Evaluation)
        {
            return null; // the data just before or after may rightly be ambiguous
        }
        var middle = matrix.Series
            .Select(s => (s.Labels, Index: s.TimesMs.Span.IndexOf(eval.StartMs), s.Values))
            .Where(s => s.Index >= 0)
            .Select(s => new VectorSample(s.Labels, s.Values.Span[s.Index]));
        bool scalar = eval.Expected is [{ Labels: null }];
        QueryResult at = scalar ? new ScalarResult(eval.StartMs, middle.First().Value) : new VectorResult(eval.StartMs, [.. middle]);
        return ScriptComparison.CompareValues(eval, at, ordered: false) is { } difference
            ? difference with { Got = difference.Got + " (as a step of a range query)" }
            : null;
    }
}
