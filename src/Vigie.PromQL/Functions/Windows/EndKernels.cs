using System.Runtime.CompilerServices;
using Vigie.PromQL.Evaluation;

namespace Vigie.PromQL.Functions;

/// <summary>The newest value of each window.</summary>
sealed class LastKernel : WindowKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        var from = bounds.From;
        var to = bounds.To;
        for (int step = 0; step < column.Length; step++)
            column[step] = from[step] < to[step] ? values[to[step] - 1] : Gap.Value;
    }
}

sealed class FirstKernel : WindowKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        var from = bounds.From;
        var to = bounds.To;
        for (int step = 0; step < column.Length; step++)
            column[step] = from[step] < to[step] ? values[from[step]] : Gap.Value;
    }
}

/// <summary>When the newest sample was taken, in seconds.</summary>
sealed class LastTimeKernel : WindowKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        for (int step = 0; step < column.Length; step++)
        {
            int last = bounds.To[step] - 1;
            column[step] = bounds.From[step] <= last && !Gap.Is(values[last]) ? bounds.TimesMs[last] / 1000.0 : Gap.Value;
        }
    }
}

/// <summary>How many samples each window holds.</summary>
sealed class CountKernel : WindowKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        for (int step = 0; step < column.Length; step++)
            column[step] = bounds.To[step] - bounds.From[step] is > 0 and int count ? count : Gap.Value;
    }
}

/// <summary>1 for each window that holds a sample.</summary>
sealed class PresenceKernel : WindowKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        for (int step = 0; step < column.Length; step++)
            column[step] = bounds.From[step] < bounds.To[step] ? 1 : Gap.Value;
    }
}

/// <summary>How often the value differs from the one before it in the window, or is below it: counted once for all windows.</summary>
sealed class ChangesKernel(bool resets) : WindowKernel
{
    int[] _until = [];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        if (_until.Length < values.Length)
            _until = new int[values.Length];
        _until[0] = 0;
        for (int i = 1; i < values.Length; i++)
            _until[i] = _until[i - 1] + (IsOne(values[i - 1], values[i]) ? 1 : 0);
        var from = bounds.From;
        var to = bounds.To;
        for (int step = 0; step < column.Length; step++)
            column[step] = from[step] < to[step] ? _until[to[step] - 1] - _until[from[step]] : Gap.Value;
    }

    /// <summary>NaN behind NaN is no change.</summary>
    bool IsOne(double before, double value) => resets ? value < before : !value.Equals(before) && value != before;
}
