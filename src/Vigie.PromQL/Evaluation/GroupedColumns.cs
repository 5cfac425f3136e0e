using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>The groups of an aggregation, in the order in which each first appears, and what has been accumulated of them.</summary>
sealed class GroupedColumns(Signature signature, Accumulator accumulator) : IDisposable
{
    readonly Dictionary<Labels, int> _numbers = new(signature.Comparer);
    readonly List<(Labels Labels, bool DropName)> _groups = [];
    Labels? _lastLabels;
    int _last;

    public int Count => _groups.Count;

    public void Add(Labels labels, bool dropName, ReadOnlySpan<double> column)
    {
        int group = Find(labels, dropName);
        accumulator.Add(group, labels, dropName, column);
    }

    /// <summary>Takes over what comes behind.</summary>
    public void Merge(GroupedColumns other)
    {
        for (int theirs = 0; theirs < other._groups.Count; theirs++)
        {
            var (labels, dropName) = other._groups[theirs];
            accumulator.Merge(Find(labels, dropName), other.Accumulator, theirs);
        }
    }

    Accumulator Accumulator => accumulator;

    public List<StepSeries> Finish()
    {
        var results = new List<StepSeries>(_groups.Count);
        for (int group = 0; group < _groups.Count; group++)
            accumulator.Finish(group, _groups[group].Labels, _groups[group].DropName, results);
        return results;
    }

    int Find(Labels labels, bool dropName)
    {
        // Nearly always that of the series before.
        if (_lastLabels is null || !_numbers.Comparer.Equals(_lastLabels, labels))
        {
            _lastLabels = labels;
            if (!_numbers.TryGetValue(labels, out _last))
            {
                _last = _groups.Count;
                var group = signature[labels];
                _numbers.Add(group, _last);
                _groups.Add((group, dropName));
                accumulator.Open();
            }
        }
        if (dropName && !_groups[_last].DropName)
            _groups[_last] = _groups[_last] with { DropName = true };
        return _last;
    }

    public void Dispose() => accumulator.Dispose();
}
