namespace Vigie.Core.Metrics;

/// <summary>What is to be known of many samples at once, besides the last of them.</summary>
[Flags]
public enum Summaries
{
    None = 0,
    Min = 1,
    Max = 2,

    /// <summary>The sum, and of how many.</summary>
    Sum = 4,
}

/// <summary>A range of a series' time: its samples, or what is left of them when they are gone.</summary>
/// <param name="TimesMs">Unix milliseconds, ascending.</param>
/// <param name="Values">The samples, or the last one of each bucket.</param>
public sealed record SeriesStretch(ReadOnlyMemory<long> TimesMs, ReadOnlyMemory<double> Values)
{
    /// <summary>Null when these are the samples.</summary>
    public BucketColumns? Buckets { get; init; }

    /// <summary>All as if they were samples.</summary>
    public static (long[] TimesMs, double[] Values) Joined(IReadOnlyList<SeriesStretch> stretches)
    {
        var (times, values) = (new List<long>(), new List<double>());
        foreach (var stretch in stretches)
        {
            times.AddRange(stretch.TimesMs.Span);
            values.AddRange(stretch.Values.Span);
        }
        return ([.. times], [.. values]);
    }
}

/// <summary>What buckets of one length hold, as columns; a column is null when it was not asked for.</summary>
/// <param name="LengthMs">A bucket reaches back by that from its end, which belongs to it.</param>
/// <param name="EndsMs">Unix milliseconds, ascending.</param>
public sealed record BucketColumns(long LengthMs, ReadOnlyMemory<long> EndsMs)
{
    public ReadOnlyMemory<double>? Min { get; init; }

    public ReadOnlyMemory<double>? Max { get; init; }

    public ReadOnlyMemory<double>? Sum { get; init; }

    public ReadOnlyMemory<double>? Count { get; init; }
}
