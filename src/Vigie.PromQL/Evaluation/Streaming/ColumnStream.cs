using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>Nodes that make one column of each series, one upon the other, and what happens to the columns at the end.</summary>
/// <param name="plan">The nodes.</param>
/// <param name="reduction">Null when the columns are the answer.</param>
sealed class ColumnStream(ColumnPlan plan, Reduction? reduction, Evaluator e) : SeriesStream(plan.Selection)
{
    Part[] _parts = [];

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
        if (reduction is null)
            return [.. _parts.SelectMany(part => part.Columns)];
        using var nothing = _parts.Length == 0 ? reduction.Groups() : null;
        var groups = nothing ?? _parts[0].Groups!;
        foreach (var part in _parts.Skip(1))
            groups.Merge(part.Groups!);
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
        double[]? _column;

        public GroupedColumns? Groups => groups;

        public List<StepSeries> Columns { get; } = [];

        public void Instants(ReadOnlyMemory<long> timesMs) => _windows.Instants(timesMs);

        public void Series(Labels labels, ReadOnlySpan<double> values)
        {
            e.Budget.Charge(_windows.Steps);
            _column ??= new double[_windows.Steps];
            if (!_windows.Fill(values, _column))
                return;
            if (plan.CounterAt is { } at)
                e.Remarks.CheckCounter(labels, at);
            foreach (var step in plan.Steps)
            {
                step.Map(_column);
                if (step.Filters && Gap.IsAll(_column))
                    return;
            }
            if (groups is not null)
                groups.Add(labels, plan.DropName, _column);
            else
            {
                Columns.Add(new(labels, _column, plan.DropName));
                _column = null;
            }
        }
    }
}
