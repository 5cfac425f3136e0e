namespace Vigie.PromQL.Evaluation;

/// <summary>Columns as samples. Those that are there at every step share their instants.</summary>
sealed class PresentSteps(Grid grid)
{
    long[]? _all;

    public RangeSeries Of(StepSeries series)
    {
        var column = series.Values;
        int count = column.Length - Gap.Count(column);
        if (count == column.Length)
            return new(series.Labels, series.DropName, _all ??= All(), column);
        var (times, values) = (new long[count], new double[count]);
        int next = 0;
        for (int i = 0; i < column.Length; i++)
            if (!Gap.Is(column[i]))
                (times[next], values[next++]) = (grid.Time(i), column[i]);
        return new(series.Labels, series.DropName, times, values);
    }

    long[] All()
    {
        var times = new long[grid.Count];
        for (int i = 0; i < times.Length; i++)
            times[i] = grid.Time(i);
        return times;
    }
}
