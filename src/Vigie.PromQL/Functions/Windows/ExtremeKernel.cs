using System.Numerics;
using System.Runtime.CompilerServices;
using Vigie.PromQL.Evaluation;

namespace Vigie.PromQL.Functions;

/// <summary>The least or greatest value of each window; NaN only when every value is.</summary>
sealed class ExtremeKernel(bool max) : WindowKernel
{
    /// <summary>
    /// A sample that is looked at by more windows than this is cheaper to keep in a queue, which looks at each sample once but not
    /// at several in one instruction.
    /// </summary>
    const int MostLooks = 32;

    bool _overlaps;
    int[] _queue = [];

    public override void Prepare(WindowBounds bounds)
    {
        long looks = 0;
        for (int step = 0; step < bounds.Steps; step++)
            looks += bounds.To[step] - bounds.From[step];
        _overlaps = looks > (long)bounds.TimesMs.Length * MostLooks;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        if (_overlaps)
        {
            FillByQueue(bounds, values, column);
            return;
        }
        var from = bounds.From;
        var to = bounds.To;
        for (int step = 0; step < column.Length; step++)
            column[step] = from[step] < to[step] ? Of(values[from[step]..to[step]]) : Gap.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double Of(ReadOnlySpan<double> window)
    {
        double best = window[0];
        int i = 1;
        if (window.Length >= 2 * Vector<double>.Count)
        {
            var lanes = new Vector<double>(window);
            for (i = Vector<double>.Count; i <= window.Length - Vector<double>.Count; i += Vector<double>.Count)
            {
                var next = new Vector<double>(window[i..]);
                var wins = max ? Vector.GreaterThan(next, lanes) : Vector.LessThan(next, lanes);
                lanes = Vector.ConditionalSelect(wins | ~Vector.Equals(lanes, lanes), next, lanes);
            }
            best = lanes[0];
            for (int lane = 1; lane < Vector<double>.Count; lane++)
                best = Better(best, lanes[lane]);
        }
        for (; i < window.Length; i++)
            best = Better(best, window[i]);
        return best;
    }

    double Better(double best, double value) => Wins(value, best) || double.IsNaN(best) ? value : best;

    bool Wins(double value, double best) => max ? value > best : value < best;

    /// <summary>The queue holds, in order, what may still become the extreme: nothing behind it in the window is better.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FillByQueue(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        if (_queue.Length < values.Length)
            _queue = new int[values.Length];
        var from = bounds.From;
        var to = bounds.To;
        int first = 0, behind = 0, next = 0;
        for (int step = 0; step < column.Length; step++)
        {
            for (; next < to[step]; next++)
            {
                double value = values[next];
                if (double.IsNaN(value))
                    continue;
                while (behind > first && Wins(value, values[_queue[behind - 1]]))
                    behind--;
                _queue[behind++] = next;
            }
            while (first < behind && _queue[first] < from[step])
                first++;
            column[step] = from[step] == to[step] ? Gap.Value : first < behind ? values[_queue[first]] : double.NaN;
        }
    }
}
