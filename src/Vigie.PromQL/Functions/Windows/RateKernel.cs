using System.Numerics;
using System.Runtime.CompilerServices;
using Vigie.PromQL.Evaluation;

namespace Vigie.PromQL.Functions;

/// <summary>
/// The change between the first and the last sample, stretched to the range's ends: as far as half a sample interval beyond
/// samples that stop short of an end, and for a counter never to before it would have been zero. What depends on the instants
/// only is computed once for all series that share them.
/// </summary>
sealed class RateKernel(bool counter, bool perSecond) : WindowKernel
{
    double[] _sampled = [], _toStart = [], _toEnd = [], _first = [];
    int[] _from = [], _last = [], _resets = [];
    double _rangeSeconds;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Prepare(WindowBounds bounds)
    {
        if (_sampled.Length != bounds.Steps)
        {
            (_sampled, _toStart, _toEnd) = (new double[bounds.Steps], new double[bounds.Steps], new double[bounds.Steps]);
            (_first, _from, _last) = (new double[bounds.Steps], new int[bounds.Steps], new int[bounds.Steps]);
        }
        _rangeSeconds = bounds.RangeMs / 1000.0;
        var times = bounds.TimesMs;
        for (int step = 0; step < bounds.Steps; step++)
        {
            int from = bounds.From[step], last = bounds.To[step] - 1;
            if (last <= from)
            {
                // No two samples: computed of the first sample of all, and thrown away.
                (_from[step], _last[step], _sampled[step], _toStart[step], _toEnd[step]) = (0, 0, 0, 0, 0);
                continue;
            }
            double sampled = (times[last] - times[from]) / 1000.0;
            double interval = sampled / (last - from);
            double threshold = interval * 1.1;
            long end = bounds.Ends[step];
            double toStart = (times[from] - (end - bounds.RangeMs)) / 1000.0, toEnd = (end - times[last]) / 1000.0;
            (_from[step], _last[step], _sampled[step]) = (from, last, sampled);
            _toStart[step] = toStart >= threshold ? interval / 2 : toStart;
            _toEnd[step] = toEnd >= threshold ? interval / 2 : toEnd;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        int[] from = _from, last = _last;
        double[] firsts = _first;
        for (int step = 0; step < column.Length; step++)
        {
            double first = values[from[step]];
            firsts[step] = first;
            column[step] = values[last[step]] - first;
        }
        if (counter && FindResets(values) is > 0 and int resets)
            MakeGood(_resets.AsSpan(0, resets), values, column);
        Stretch(column);
    }

    /// <summary>Where the counter fell, ascending.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    int FindResets(ReadOnlySpan<double> values)
    {
        int count = 0, i = 1;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            if (!Vector.LessThanAny(new Vector<double>(values[i..]), new Vector<double>(values[(i - 1)..])))
                continue;
            for (int at = i; at < i + Vector<double>.Count; at++)
                Look(values, at);
        }
        for (; i < values.Length; i++)
            Look(values, i);
        return count;

        void Look(ReadOnlySpan<double> all, int at)
        {
            if (!(all[at] < all[at - 1]))
                return;
            if (count == _resets.Length)
                Array.Resize(ref _resets, Math.Max(16, count * 2));
            _resets[count++] = at;
        }
    }

    /// <summary>A counter that fell began again at zero: what it had before was growth, too.</summary>
    void MakeGood(ReadOnlySpan<int> resets, ReadOnlySpan<double> values, Span<double> change)
    {
        int begin = 0;
        for (int step = 0; step < change.Length; step++)
        {
            if (_last[step] == 0)
                continue;
            while (begin < resets.Length && resets[begin] <= _from[step])
                begin++;
            for (int i = begin; i < resets.Length && resets[i] <= _last[step]; i++)
                change[step] += values[resets[i] - 1];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Stretch(Span<double> column)
    {
        int step = 0;
        var range = new Vector<double>(_rangeSeconds);
        for (; step <= column.Length - Vector<double>.Count; step += Vector<double>.Count)
        {
            var sampled = new Vector<double>(_sampled, step);
            var toStart = new Vector<double>(_toStart, step);
            var change = new Vector<double>(column[step..]);
            if (counter)
            {
                var first = new Vector<double>(_first, step);
                var toZero = sampled * (first / change);
                var nearer = Vector.GreaterThan(change, Vector<double>.Zero) & Vector.GreaterThanOrEqual(first, Vector<double>.Zero)
                    & Vector.LessThan(toZero, toStart);
                toStart = Vector.ConditionalSelect(nearer, toZero, toStart);
            }
            var factor = (sampled + toStart + new Vector<double>(_toEnd, step)) / sampled;
            if (perSecond)
                factor /= range;
            Vector.ConditionalSelect(Vector.GreaterThan(sampled, Vector<double>.Zero), change * factor, new Vector<double>(Gap.Value))
                .CopyTo(column[step..]);
        }
        for (; step < column.Length; step++)
            column[step] = _sampled[step] > 0 ? Stretched(step, column[step]) : Gap.Value;
    }

    double Stretched(int step, double change)
    {
        double sampled = _sampled[step], toStart = _toStart[step];
        if (counter && change > 0 && _first[step] >= 0)
            toStart = Math.Min(toStart, sampled * (_first[step] / change));
        double factor = (sampled + toStart + _toEnd[step]) / sampled;
        return change * (perSecond ? factor / _rangeSeconds : factor);
    }
}
