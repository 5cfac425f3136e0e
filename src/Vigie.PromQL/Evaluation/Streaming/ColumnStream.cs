using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>Nodes that make one column of each series, one upon the other, and what happens to the columns at the end.</summary>
/// <param name="plan">The nodes.</param>
/// <param name="reduction">Null when the columns are the answer.</param>
sealed class ColumnStream(ColumnPlan plan, Reduction? reduction, Evaluator e) : SeriesStream(plan.Selection)
{
    Part[] _parts = [];
    bool _isTaken;

    public override IReadOnlyList<ISeriesPart> Split(int parts)
    {
        _parts = new Part[parts];
        for (int i = 0; i < parts; i++)
            _parts[i] = new(plan, reduction?.Groups(), e);
        return _parts;
    }

    /// <summary>All parts together, in their order. To be taken once.</summary>
    public List<StepSeries> Finish()
    {
        if (_isTaken)
            throw new InvalidOperationException("the columns of a node have been given away already");
        _isTaken = true;
        if (reduction is null)
            return [.. _parts.SelectMany(part => part.Columns)];
        using var nothing = _parts.Length == 0 ? reduction.Groups() : null;
        var groups = nothing ?? _parts[0].Groups!;
        foreach (var part in _parts.Skip(1))
        {
            groups.Merge(part.Groups!);
            part.Groups!.Dispose(); // the next one's columns find place in what this one gives back
        }
        return reduction.Finish(e, groups);
    }

    public override void Dispose()
    {
        foreach (var part in _parts)
            part.Groups?.Dispose();
    }

    sealed class Part(ColumnPlan plan, GroupedColumns? groups, Evaluator e) : ISeriesPart
    {
        readonly SeriesWindows _windows = plan.Windows();
        SummaryWindows? _summaries;
        double[]? _column;

        public GroupedColumns? Groups => groups;

        public List<StepSeries> Columns { get; } = [];

        public void Instants(ReadOnlyMemory<long> timesMs) => _windows.Instants(timesMs);

        public void Series(Labels labels, ReadOnlySpan<double> values)
        {
            if (_windows.Fill(values, Open()))
                Add(labels);
        }

        public void Summarised(Labels labels, IReadOnlyList<SeriesStretch> stretches)
        {
            if (plan.Summaries is null)
            {
                var (times, values) = SeriesStretch.Joined(stretches);
                Instants(times);
                Series(labels, values);
            }
            else if ((_summaries ??= plan.Summaries()).Fill(stretches, Open()))
                Add(labels);
        }

        double[] Open()
        {
            e.Budget.Charge(_windows.Steps);
            return _column ??= new double[_windows.Steps];
        }

        void Add(Labels labels)
        {
            var column = _column!;
            if (plan.CounterAt is { } at)
                e.Remarks.CheckCounter(labels, at);
            foreach (var step in plan.Steps)
            {
                step.Map(column);
                if (step.Filters && Gap.IsAll(column))
                    return;
            }
            if (groups is not null)
                groups.Add(labels, plan.DropName, column);
            else
            {
                Columns.Add(new(labels, column, plan.DropName));
                _column = null;
            }
        }
    }
}
