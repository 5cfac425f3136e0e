namespace Vigie.PromQL.Evaluation;

/// <summary>What one query has used of its limits. Safe for use by several threads.</summary>
sealed class Budget(QueryOptions options, CancellationToken ct)
{
    long _samples;
    long _series;

    /// <summary>Called once for each series that a selector reads.</summary>
    public void ReadSeries(int samples)
    {
        if (Interlocked.Increment(ref _series) > options.MaxSeries)
            throw TooManySeries();
        Charge(samples);
    }

    /// <summary>A new column, every step a gap. Each operation needs one for each series, so it is also where a query stops.</summary>
    public double[] Column(Grid grid)
    {
        Charge(grid.Count);
        var column = new double[grid.Count];
        Array.Fill(column, Gap.Value);
        return column;
    }

    public void StopIfCancelled() => ct.ThrowIfCancellationRequested();

    /// <summary>Samples read or computed.</summary>
    public void Charge(long samples)
    {
        StopIfCancelled();
        if (Interlocked.Add(ref _samples, samples) > options.MaxSamples)
            throw TooManySamples();
    }

    public long SeriesLeft => options.MaxSeries - Volatile.Read(ref _series);

    public long SamplesLeft => options.MaxSamples - Volatile.Read(ref _samples);

    public PromQLException TooManySeries() => PromQLException.Limit(
        $"the query reads more than {options.MaxSeries:N0} series; select fewer, or raise {nameof(QueryOptions.MaxSeries)}");

    public PromQLException TooManySamples() => PromQLException.Limit($"the query reads or computes more than {options.MaxSamples:N0} " +
        $"samples; select fewer series or a shorter range, or raise {nameof(QueryOptions.MaxSamples)}");
}
