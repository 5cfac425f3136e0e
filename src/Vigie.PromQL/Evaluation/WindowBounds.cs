using System.Runtime.CompilerServices;

namespace Vigie.PromQL.Evaluation;

/// <summary>
/// Which samples of a series each step's window holds. It depends on the instants only, so series that share their instants
/// share it: it is cut once and not once for each series.
/// </summary>
/// <param name="ends">Where each window ends, inclusive.</param>
/// <param name="rangeMs">Its length; it is open at its start.</param>
sealed class WindowBounds(TimeMap ends, long rangeMs)
{
    int[] _from = [], _to = []; // made when there is something to cut: until then nobody has been charged for the steps
    ReadOnlyMemory<long> _times;

    public int Steps { get; } = ends.Grid.Count;

    public TimeMap Ends { get; } = ends;

    public long RangeMs { get; } = rangeMs;

    public ReadOnlySpan<long> TimesMs => _times.Span;

    /// <summary>The first sample of each step's window, and the first behind it. Equal when it holds none. None ever goes back.</summary>
    public ReadOnlySpan<int> From => _from;

    public ReadOnlySpan<int> To => _to;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Cut(ReadOnlyMemory<long> timesMs)
    {
        if (_to.Length != Steps)
            (_from, _to) = (new int[Steps], new int[Steps]);
        _times = timesMs;
        var times = timesMs.Span;
        long end = Ends.First, step = Ends.FixedMs is null ? Ends.Grid.StepMs : 0;
        int from = 0, to = 0;
        for (int i = 0; i < _to.Length; i++, end += step)
        {
            while (to < times.Length && times[to] <= end)
                to++;
            while (from < to && times[from] <= end - RangeMs)
                from++;
            (_from[i], _to[i]) = (from, to);
        }
    }

    public Window Window(int step, ReadOnlySpan<double> values)
    {
        int from = _from[step], length = _to[step] - from;
        long end = Ends[step];
        return new(TimesMs.Slice(from, length), values.Slice(from, length), end - RangeMs, end, Ends.Grid.Time(step));
    }
}
