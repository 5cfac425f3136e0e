using System.Buffers;
using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>
/// What an aggregation keeps of each group while series come, so that no series has to stay. Groups are numbered in the order of
/// <see cref="Open"/>. Belongs to one thread.
/// </summary>
abstract class Accumulator(int steps) : IDisposable
{
    protected int Steps => steps;

    /// <summary>One more group.</summary>
    public abstract void Open();

    public abstract void Add(int group, Labels labels, bool dropName, ReadOnlySpan<double> column);

    /// <summary>What another one has of the same group, which comes behind what this one has.</summary>
    public abstract void Merge(int group, Accumulator other, int theirs);

    /// <param name="dropName">Whether any of its series drops its name.</param>
    public abstract void Finish(int group, Labels labels, bool dropName, List<StepSeries> results);

    public abstract void Dispose();
}

/// <summary>An accumulator that makes one value of each group and step.</summary>
abstract class ReducingColumns(int steps) : Accumulator(steps)
{
    public sealed override void Finish(int group, Labels labels, bool dropName, List<StepSeries> results)
    {
        var column = new double[Steps];
        Finish(group, column);
        results.Add(new(labels, column, dropName));
    }

    protected abstract void Finish(int group, Span<double> column);
}

/// <summary>Columns that grow in number, on lent pages: short ones share a page, so that ten thousand are few objects.</summary>
sealed class ColumnPages(int steps, double initial) : IDisposable
{
    const int LeastPage = 1_024;

    readonly int _perPage = Math.Max(1, LeastPage / Math.Max(1, steps));
    readonly List<double[]> _pages = [];
    int _count;

    public Span<double> this[int column] => _pages[column / _perPage].AsSpan(column % _perPage * steps, steps);

    public void Open()
    {
        if (_count == _pages.Count * _perPage)
            _pages.Add(ArrayPool<double>.Shared.Rent(_perPage * steps));
        this[_count++].Fill(initial);
    }

    public void Dispose()
    {
        foreach (var page in _pages)
            ArrayPool<double>.Shared.Return(page);
        _pages.Clear();
    }
}
