using System.Diagnostics.CodeAnalysis;
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

    /// <summary>Compares label sets by what the signature keeps of them, so that none has to be made to look for it.</summary>
    public IEqualityComparer<Labels> Comparer => new Kept(this);

    static Signature Except(IReadOnlyList<string> names) => new(keeps: false, names.Append(Labels.MetricName));

    bool Keeps(string name) => _names.AsSpan().Contains(name) == _keeps;

    sealed class Kept(Signature signature) : IEqualityComparer<Labels>
    {
        public bool Equals(Labels? x, Labels? y)
        {
            var left = x!.Span;
            var right = y!.Span;
            for (int i = 0, j = 0; ; i++, j++)
            {
                while (i < left.Length && !signature.Keeps(left[i].Name))
                    i++;
                while (j < right.Length && !signature.Keeps(right[j].Name))
                    j++;
                if (i == left.Length || j == right.Length)
                    return i == left.Length && j == right.Length;
                if (left[i] != right[j])
                    return false;
            }
        }

        /// <summary>Of the values only: label sets of one group differ in them, seldom in their names.</summary>
        public int GetHashCode([DisallowNull] Labels labels)
        {
            var hash = new HashCode();
            foreach (var label in labels.Span)
                if (signature.Keeps(label.Name))
                    hash.Add(label.Value, StringComparer.Ordinal);
            return hash.ToHashCode();
        }
    }
}
