using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Parsing;

namespace Vigie.PromQL.Evaluation;

/// <summary>What a query's author should know although there is an answer. Each remark is told once.</summary>
sealed class Remarks
{
    static readonly string[] CounterEndings = ["_total", "_sum", "_count", "_bucket"];
    static readonly string Endings = string.Join('/', CounterEndings);

    readonly SortedSet<string> _warnings = new(StringComparer.Ordinal);
    readonly SortedSet<string> _infos = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Warnings => [.. _warnings];

    public IReadOnlyList<string> Infos => [.. _infos];

    public void CheckQuantile(double[] quantiles, TextPosition at)
    {
        foreach (double quantile in quantiles)
            if (quantile is not (>= 0 and <= 1))
                _warnings.Add($"PromQL warning: quantile value should be between 0 and 1, got {Numbers.PrintPlain(quantile)} ({at})");
    }

    public void BadBucket(string bound, string name, TextPosition at) => _warnings.Add(
        $"PromQL warning: bucket label \"le\" is missing or has a malformed value of \"{bound}\"{Named(name)} ({at})");

    public void RaisedBucket(string name, TextPosition at) => _infos.Add(
        $"PromQL info: input to histogram_quantile needed to be fixed for monotonicity{Named(name)} ({at})");

    /// <summary>Safe for use by several threads.</summary>
    public void CheckCounter(Labels labels, TextPosition at)
    {
        string name = labels.Name;
        if (name.Length == 0 || Array.Exists(CounterEndings, ending => name.EndsWith(ending, StringComparison.Ordinal)))
            return;
        lock (_infos)
            _infos.Add($"PromQL info: metric might not be a counter, name does not end in {Endings}: \"{name}\" ({at})");
    }

    static string Named(string name) => name.Length > 0 ? $" for metric name \"{name}\"" : "";
}
