using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// A series put together of rollups and raw samples, from the newest back. Queries see the last value of each bucket, and what
/// else of it they have use for. A counter is shown such that it has grown by what the rollups say it has: counted back from
/// what comes behind, over its resets.
/// </summary>
sealed class JoinedSeries(Summaries wanted)
{
    /// <summary>A query looks back five minutes for a value, so one of an hour is said again until the next.</summary>
    static readonly long RepeatMs = BlockLevel.FiveMinutes.BucketMs();

    readonly List<SeriesStretch> _stretches = [];
    double _grownFrom = double.NaN;

    public int Count { get; private set; }

    /// <summary>Raw samples.</summary>
    public void Prepend(GroupScan scan, int parts, SeriesEntry entry)
    {
        var (times, values) = Column(scan, parts, new(entry, RollupPart.Sample));
        Add(times, values);
    }

    public void Prepend(GroupScan scan, int parts, SeriesEntry entry, BlockLevel level)
    {
        var (times, last) = Column(scan, parts, new(entry, RollupPart.Last));
        var (grownAt, grown) = Column(scan, parts, new(entry, RollupPart.Increase));
        if (grown.Length == times.Length && grownAt.AsSpan().SequenceEqual(times))
            CountBack(last, grown);
        var buckets = Buckets(scan, parts, entry, level, times);
        if (level == BlockLevel.Hour)
            (times, last) = Repeated(times, last);
        Add(times, last, buckets);
    }

    /// <summary>A counter has no extremes and no sum: its rollups say how it has grown, and how many samples there were.</summary>
    BucketColumns? Buckets(GroupScan scan, int parts, SeriesEntry entry, BlockLevel level, long[] ends)
    {
        return wanted == Summaries.None ? null : new(level.BucketMs(), ends)
        {
            Min = Of(Summaries.Min, RollupPart.Min),
            Max = Of(Summaries.Max, RollupPart.Max),
            Sum = Of(Summaries.Sum, RollupPart.Sum),
            Count = Of(Summaries.Sum, RollupPart.Count),
        };

        ReadOnlyMemory<double>? Of(Summaries summary, RollupPart part)
        {
            if (!wanted.HasFlag(summary))
                return null;
            var (times, values) = Column(scan, parts, new(entry, part));
            return times.AsSpan().SequenceEqual(ends) ? values : null;
        }
    }

    /// <summary>
    /// From the newest bucket back, each is what the next one has grown from. The newest starts where the rollups behind it
    /// have grown from; raw samples behind it tell a reset themselves, by falling.
    /// </summary>
    void CountBack(double[] shown, double[] grown)
    {
        if (shown.Length == 0)
            return;
        if (!double.IsNaN(_grownFrom))
            shown[^1] = _grownFrom;
        for (int i = shown.Length - 2; i >= 0; i--)
            shown[i] = shown[i + 1] - grown[i + 1];
        _grownFrom = shown[0] - grown[0];
    }

    static (long[], double[]) Repeated(long[] times, double[] values)
    {
        var (moreTimes, moreValues) = (new List<long>(times.Length * 12), new List<double>(times.Length * 12));
        for (int i = 0; i < times.Length; i++)
        {
            long until = i + 1 < times.Length && times[i + 1] - times[i] <= BlockLevel.Hour.BucketMs() ? times[i + 1] : times[i] + 1;
            for (long at = times[i]; at < until; at += RepeatMs)
            {
                moreTimes.Add(at);
                moreValues.Add(values[i]);
            }
        }
        return ([.. moreTimes], [.. moreValues]);
    }

    static (long[] Times, double[] Values) Column(GroupScan scan, int parts, ColumnKey key)
    {
        int[] columns = new int[parts];
        var times = scan.Times(key, columns);
        double[] values = new double[times.Times.Length];
        scan.Fill(times, columns, values);
        return (times.Times.ToArray(), values);
    }

    void Add(long[] times, double[] values, BucketColumns? buckets = null)
    {
        if (times.Length == 0)
            return;
        _stretches.Add(new(times, values) { Buckets = buckets });
        Count += times.Length;
    }

    public void WriteTo(ISeriesPart to, Labels labels)
    {
        _stretches.Reverse();
        to.Summarised(labels, _stretches);
    }
}
