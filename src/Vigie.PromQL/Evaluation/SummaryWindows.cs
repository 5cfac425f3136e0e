using Vigie.Core.Metrics;
using Vigie.PromQL.Functions;

namespace Vigie.PromQL.Evaluation;

/// <summary>What a function over windows makes of summaries.</summary>
enum SummaryUse
{
    Min,
    Max,
    Sum,
    Average,
    Count,
}

/// <summary>
/// Windows over a series whose samples are gone for some of the time. A bucket counts for the windows in which it ends. One that
/// is longer than the windows shows its last value, as a sample would. Belongs to one thread.
/// </summary>
sealed class SummaryWindows(TimeMap ends, long rangeMs, SummaryUse use)
{
    readonly SeriesWindows _windows = new(ends, rangeMs, () => use is SummaryUse.Min or SummaryUse.Max
        ? new ExtremeKernel(use == SummaryUse.Max) : new SumKernel(average: false), keepsStale: false);

    readonly List<long> _times = [];
    readonly List<double> _values = [], _counts = [];

    public static Summaries Wanted(SummaryUse use) => use switch
    {
        SummaryUse.Min => Summaries.Min,
        SummaryUse.Max => Summaries.Max,
        _ => Summaries.Sum,
    };

    /// <summary>Writes every step of the column. False when all are gaps.</summary>
    public bool Fill(IReadOnlyList<SeriesStretch> stretches, Span<double> column)
    {
        _times.Clear();
        _values.Clear();
        _counts.Clear();
        foreach (var stretch in stretches)
            Add(stretch);
        if (_times.Count == 0)
            return false;
        _windows.Instants(_times.ToArray());
        bool any = _windows.Fill((use == SummaryUse.Count ? _counts : _values).ToArray(), column);
        if (use != SummaryUse.Average)
            return any;
        double[] counts = new double[column.Length];
        _windows.Fill(_counts.ToArray(), counts);
        for (int step = 0; step < counts.Length; step++)
            if (!Gap.Is(column[step]))
                column[step] /= counts[step];
        return any;
    }

    void Add(SeriesStretch stretch)
    {
        if (stretch.Buckets is { } buckets && buckets.LengthMs <= rangeMs && Values(buckets, stretch) is { } values)
        {
            _times.AddRange(buckets.EndsMs.Span);
            _values.AddRange(values);
            if (buckets.Count is { } counts)
                _counts.AddRange(counts.Span);
            return;
        }
        for (int i = 0; i < stretch.TimesMs.Length; i++)
        {
            double value = stretch.Values.Span[i];
            if (Gap.Is(value))
                continue;
            _times.Add(stretch.TimesMs.Span[i]);
            _values.Add(value);
            _counts.Add(1);
        }
    }

    /// <summary>Null when the buckets don't tell.</summary>
    double[]? Values(BucketColumns buckets, SeriesStretch stretch)
    {
        if (use is SummaryUse.Min or SummaryUse.Max)
            return (use == SummaryUse.Min ? buckets.Min : buckets.Max)?.ToArray();
        if (buckets.Count is not { } counts)
            return null;
        if (buckets.Sum is { } sums)
            return sums.ToArray();
        if (use == SummaryUse.Count)
            return counts.ToArray();
        // A counter is summed up by its growth: its last value stands for the others of the bucket.
        return LastTimesCount(buckets, stretch, counts.Span);
    }

    static double[] LastTimesCount(BucketColumns buckets, SeriesStretch stretch, ReadOnlySpan<double> counts)
    {
        double[] sums = new double[counts.Length];
        for (int i = 0; i < sums.Length; i++)
            sums[i] = stretch.Values.Span[stretch.TimesMs.Span.BinarySearch(buckets.EndsMs.Span[i])] * counts[i];
        return sums;
    }
}
