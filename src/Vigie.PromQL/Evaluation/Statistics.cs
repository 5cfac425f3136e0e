namespace Vigie.PromQL.Evaluation;

/// <summary>One value of several (at least one). The same for an aggregation over series and a function over time.</summary>
static class Statistics
{
    /// <summary>Sum over count; from where the sum would overflow, a running mean.</summary>
    public static double Average(ReadOnlySpan<double> values)
    {
        KahanSum sum = new() { Sum = values[0] };
        for (int i = 1; i < values.Length; i++)
        {
            var next = sum;
            next.Add(values[i]);
            if (double.IsInfinity(next.Sum))
                return RunningMean(values, i, new() { Sum = sum.Sum / i, Error = sum.Error / i });
            sum = next;
        }
        return (sum.Sum / values.Length) + (sum.Error / values.Length);
    }

    /// <summary>Population variance by Welford's method, each running value with its rounding error.</summary>
    public static double Variance(ReadOnlySpan<double> values)
    {
        KahanSum mean = default, squares = default;
        for (int i = 0; i < values.Length; i++)
        {
            double delta = values[i] - (mean.Sum + mean.Error);
            mean.Add(delta / (i + 1));
            squares.Add(delta * (values[i] - (mean.Sum + mean.Error)));
        }
        return (squares.Sum + squares.Error) / values.Length;
    }

    /// <summary>Interpolated between ranks. NaN counts as the smallest value; a quantile outside 0 to 1 is infinite.</summary>
    /// <param name="values">Sorted in place.</param>
    public static double Quantile(double quantile, Span<double> values)
    {
        if (double.IsNaN(quantile))
            return double.NaN;
        if (quantile is < 0 or > 1)
            return quantile < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        values.Sort(); // .NET, too, sorts NaN first
        double rank = quantile * (values.Length - 1);
        int lower = (int)Math.Floor(rank);
        int upper = Math.Min(values.Length - 1, lower + 1);
        double weight = rank - lower;
        return (values[lower] * (1 - weight)) + (values[upper] * weight);
    }

    static double RunningMean(ReadOnlySpan<double> values, int from, KahanSum mean)
    {
        for (int i = from; i < values.Length; i++)
        {
            double count = i + 1, share = i / count;
            mean = new() { Sum = share * mean.Sum, Error = share * mean.Error };
            mean.Add(values[i] / count);
        }
        return mean.Sum + mean.Error;
    }
}
