namespace Vigie.PromQL.Evaluation;

/// <summary>The buckets of one histogram at one step: upper bounds and how many observations are at or below each.</summary>
sealed class ClassicBuckets
{
    const double Tolerance = 1e-12;

    readonly List<(double UpperBound, double Count)> _buckets = [];

    public bool IsEmpty => _buckets.Count == 0;

    /// <summary>A count fell from one bucket to the next, by more than rounding, and was raised.</summary>
    public bool WasRaised { get; private set; }

    /// <summary>Where the lowest bucket begins: at 0, unless it ends there or below.</summary>
    double Start => _buckets[0].UpperBound > 0 ? 0 : double.NegativeInfinity;

    public void Clear()
    {
        _buckets.Clear();
        WasRaised = false;
    }

    public void Add(double upperBound, double count) => _buckets.Add((upperBound, count));

    /// <summary>The value below which that part of the observations is, linear within a bucket. NaN without a bucket at infinity.</summary>
    public double Quantile(double quantile)
    {
        if (double.IsNaN(quantile))
            return double.NaN;
        if (quantile is < 0 or > 1)
            return quantile < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        if (!Prepare() || _buckets.Count < 2)
            return double.NaN;
        MakeMonotonic();
        double total = _buckets[^1].Count;
        if (total == 0)
            return double.NaN;
        double rank = quantile * total;
        int found = _buckets.FindIndex(b => b.Count >= rank);
        if (found < 0 || found == _buckets.Count - 1)
            return _buckets[^2].UpperBound;
        if (found == 0 && _buckets[0].UpperBound <= 0)
            return _buckets[0].UpperBound;
        var (start, below) = found == 0 ? (0, 0) : _buckets[found - 1];
        var (end, count) = _buckets[found];
        return start + ((end - start) * ((rank - below) / (count - below)));
    }

    /// <summary>The part of the observations between two values.</summary>
    public double Fraction(double lower, double upper)
    {
        if (!Prepare() || _buckets[^1].Count == 0 || double.IsNaN(lower) || double.IsNaN(upper))
            return double.NaN;
        return lower >= upper ? 0 : (Below(upper) - Below(lower)) / _buckets[^1].Count;
    }

    double Below(double value)
    {
        double start = Start, rank = 0;
        foreach (var (end, count) in _buckets)
        {
            if (value <= start)
                break;
            if (value < end)
            {
                // A bucket without a finite end can't be divided.
                return double.IsInfinity(end) ? rank
                    : double.IsInfinity(start) ? count
                    : rank + ((count - rank) * ((value - start) / (end - start)));
            }
            (start, rank) = (end, count);
        }
        return rank;
    }

    /// <summary>In order, each bound once. False when there is no bucket for everything.</summary>
    bool Prepare()
    {
        _buckets.Sort((a, b) => a.UpperBound.CompareTo(b.UpperBound));
        for (int i = _buckets.Count - 1; i > 0; i--)
        {
            if (_buckets[i].UpperBound != _buckets[i - 1].UpperBound)
                continue;
            _buckets[i - 1] = (_buckets[i].UpperBound, _buckets[i].Count + _buckets[i - 1].Count);
            _buckets.RemoveAt(i);
        }
        return _buckets.Count > 0 && double.IsPositiveInfinity(_buckets[^1].UpperBound);
    }

    void MakeMonotonic()
    {
        double highest = _buckets[0].Count;
        for (int i = 1; i < _buckets.Count; i++)
        {
            var (bound, count) = _buckets[i];
            bool same = Math.Abs(count - highest) < Tolerance * (Math.Abs(count) + Math.Abs(highest));
            WasRaised |= count < highest && !same;
            if (count > highest && !same)
                highest = count;
            _buckets[i] = (bound, highest);
        }
    }
}
