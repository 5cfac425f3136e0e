namespace Vigie.PromQL.Evaluation;

delegate void ColumnMap(Span<double> column);

/// <summary>A node that makes one column of one column, in place. Safe for use by several threads.</summary>
/// <param name="Filters">It makes gaps: what has become empty is no series any more.</param>
readonly record struct ColumnStep(ColumnMap Map, bool DropsName, bool Filters)
{
    public static readonly ColumnStep Negation = new(Negate, DropsName: true, Filters: false);

    public static void Negate(Span<double> column)
    {
        for (int i = 0; i < column.Length; i++)
            if (!Gap.Is(column[i]))
                column[i] = -column[i];
    }

    public List<StepSeries> Over(List<StepSeries> vector, Budget budget)
    {
        foreach (var series in vector)
        {
            budget.StopIfCancelled();
            Map(series.Values);
            series.DropName |= DropsName;
        }
        if (Filters)
            vector.RemoveAll(series => series.IsEmpty);
        return vector;
    }
}
