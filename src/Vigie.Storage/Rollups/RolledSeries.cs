using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// What the buckets of one series hold. A bucket is named by its end and reaches back to the end of the one before, which does
/// not belong to it: so a bucket is what PromQL means by a range of that length at that instant.
/// </summary>
sealed class RolledSeries
{
    readonly List<long> _times = [];
    readonly Dictionary<RollupPart, List<double>> _columns;

    RolledSeries(bool isCounter) => _columns = (isCounter ? CounterParts : GaugeParts).ToDictionary(p => p, _ => new List<double>());

    /// <summary>A counter's extremes and sum say nothing that its growth does not say better.</summary>
    static RollupPart[] CounterParts => [RollupPart.Count, RollupPart.Last, RollupPart.Increase];

    static RollupPart[] GaugeParts => [RollupPart.Min, RollupPart.Max, RollupPart.Sum, RollupPart.Count, RollupPart.Last];

    /// <summary>Ends of the buckets that hold a sample, ascending.</summary>
    public IReadOnlyList<long> Times => _times;

    public IEnumerable<RollupPart> Parts => _columns.Keys;

    public IReadOnlyList<double> this[RollupPart part] => _columns[part];

    /// <summary>Rolls samples up. Stale markers are no values and are left out.</summary>
    /// <param name="ranges">
    /// Where a bucket must end to be wanted: behind From and not behind To. Other samples only tell what a counter has grown from.
    /// </param>
    public static RolledSeries Of(ReadOnlySpan<long> times, ReadOnlySpan<double> values, BlockLevel level, bool isCounter,
        IReadOnlyList<(long FromMs, long ToMs)> ranges)
    {
        var rolled = new RolledSeries(isCounter);
        double before = double.NaN;
        for (int i = 0; i < times.Length;)
        {
            long end = level.Bucket(times[i]);
            var bucket = new Bucket(before);
            for (; i < times.Length && times[i] <= end; i++)
                if (!StaleMarker.Is(values[i]))
                    bucket.Add(values[i]);
            before = bucket.Last;
            if (bucket.Count > 0 && ranges.Any(r => end > r.FromMs && end <= r.ToMs))
                rolled.Add(end, bucket);
        }
        return rolled;
    }

    void Add(long end, in Bucket bucket)
    {
        _times.Add(end);
        foreach (var (part, column) in _columns)
            column.Add(bucket.Value(part));
    }

    /// <summary>Leaves out the buckets that saw fewer samples than what is there already.</summary>
    public void KeepFuller(ReadOnlySpan<long> times, ReadOnlySpan<double> counts)
    {
        for (int i = _times.Count - 1; i >= 0; i--)
        {
            int at = times.BinarySearch(_times[i]);
            if (at < 0 || counts[at] <= _columns[RollupPart.Count][i])
                continue;
            _times.RemoveAt(i);
            foreach (var column in _columns.Values)
                column.RemoveAt(i);
        }
    }

    struct Bucket(double before)
    {
        double _sum, _error, _min = double.NaN, _max = double.NaN, _increase;

        public int Count { get; private set; }

        /// <summary>The newest value; before there is one, the one before the bucket.</summary>
        public double Last { get; private set; } = before;

        public void Add(double value)
        {
            Count++;
            // Summed with what rounding loses, so that the sum of decimals is a decimal and packs well.
            double sum = _sum + value;
            _error += Math.Abs(_sum) >= Math.Abs(value) ? _sum - sum + value : value - sum + _sum;
            _sum = sum;
            if (!(value >= _min)) // NaN yields to any number
                _min = double.IsNaN(value) ? _min : value;
            if (!(value <= _max))
                _max = double.IsNaN(value) ? _max : value;
            if (!double.IsNaN(Last))
                _increase += value >= Last ? value - Last : value; // it fell: it began again at zero
            Last = value;
        }

        public readonly double Value(RollupPart part) => part switch
        {
            RollupPart.Min => _min,
            RollupPart.Max => _max,
            RollupPart.Sum => double.IsFinite(_sum) ? _sum + _error : _sum,
            RollupPart.Count => Count,
            RollupPart.Last => Last,
            RollupPart.Increase => _increase,
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, "a bucket has no such part"),
        };
    }
}
