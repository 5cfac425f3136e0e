using Vigie.Core.Metrics;
using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Evaluation;

/// <summary>What two series must have in common to be matched, and what the series of a group have in common.</summary>
sealed class Signature
{
    readonly bool _keeps;
    readonly string[] _names;

    Signature(bool keeps, IEnumerable<string> names) => (_keeps, _names) = (keeps, [.. names]);

    public static Signature Of(VectorMatching? matching) =>
        matching is { On: true } ? new(keeps: true, matching.Labels) : Except(matching?.Labels ?? []);

    public static Signature Of(Grouping grouping) => grouping.Without ? Except(grouping.Labels) : new(keeps: true, grouping.Labels);

    public Labels this[Labels labels] =>
        !_keeps ? labels.Without(_names) : _names.Length == 0 ? Labels.Empty : labels.Keep(_names);

    /// <summary>The series by signature, in the order in which each signature first appears.</summary>
    public Dictionary<Labels, List<StepSeries>> Group(List<StepSeries> vector)
    {
        var groups = new Dictionary<Labels, List<StepSeries>>(_keeps ? 16 : vector.Count);
        foreach (var series in vector)
        {
            var signature = this[series.Labels];
            if (!groups.TryGetValue(signature, out var members))
                groups.Add(signature, members = []);
            members.Add(series);
        }
        return groups;
    }

    static Signature Except(IReadOnlyList<string> names) => new(keeps: false, names.Append(Labels.MetricName));
}
