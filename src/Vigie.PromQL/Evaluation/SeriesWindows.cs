namespace Vigie.PromQL.Evaluation;

/// <summary>
/// Turns series into columns, one value for each step's window. Belongs to one thread.
/// </summary>
/// <param name="kernel">Makes what computes a column; asked a second time when there are series with stale markers.</param>
/// <param name="keepsStale">Stale markers count as samples: of the latest sample it is to be known that it is one.</param>
sealed class SeriesWindows(TimeMap ends, long rangeMs, Func<WindowKernel> kernel, bool keepsStale)
{
    readonly WindowBounds _bounds = new(ends, rangeMs);
    readonly WindowKernel _kernel = kernel();
    ReadOnlyMemory<long> _times;
    bool _isCut;
    WindowBounds? _otherBounds;
    WindowKernel? _otherKernel;
    long[] _keptTimes = [];
    double[] _kept = [];

    public int Steps => _bounds.Steps;

    /// <summary>The instants of the series that follow; they must not change until the next call.</summary>
    public void Instants(ReadOnlyMemory<long> timesMs) => (_times, _isCut) = (timesMs, false);

    /// <summary>Writes every step of the column. False when all are gaps.</summary>
    public bool Fill(ReadOnlySpan<double> values, Span<double> column)
    {
        if (!keepsStale && Gap.IsAny(values))
            return FillWithoutStale(values, column);
        if (!_isCut)
        {
            _bounds.Cut(_times);
            _kernel.Prepare(_bounds);
            _isCut = true;
        }
        _kernel.Fill(_bounds, values, column);
        return !Gap.IsAll(column);
    }

    /// <summary>Without its stale markers the series has instants of its own.</summary>
    bool FillWithoutStale(ReadOnlySpan<double> values, Span<double> column)
    {
        if (_kept.Length < values.Length)
            (_keptTimes, _kept) = (new long[values.Length], new double[values.Length]);
        var times = _times.Span;
        int count = 0;
        for (int i = 0; i < values.Length; i++)
            if (!Gap.Is(values[i]))
                (_keptTimes[count], _kept[count++]) = (times[i], values[i]);
        if (count == 0)
            return false;
        _otherBounds ??= new(ends, rangeMs);
        _otherKernel ??= kernel();
        _otherBounds.Cut(_keptTimes.AsMemory(0, count));
        _otherKernel.Prepare(_otherBounds);
        _otherKernel.Fill(_otherBounds, _kept.AsSpan(0, count), column);
        return !Gap.IsAll(column);
    }
}

/// <summary>
/// Computes one value for each window, a whole column at once. Belongs to one thread, and may keep what it works with. The loops
/// of kernels and accumulators ask to be compiled fully at once: otherwise the first hundred queries of a hub take twice as long.
/// </summary>
abstract class WindowKernel
{
    /// <summary>Told before the first column of other windows.</summary>
    public virtual void Prepare(WindowBounds bounds) { }

    /// <summary>Writes every step; a window that has no value is a gap.</summary>
    /// <param name="values">At least one, without gaps unless they were asked for.</param>
    public abstract void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column);
}
