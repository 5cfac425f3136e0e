using System.Numerics;
using System.Runtime.CompilerServices;
using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>How many series there are at each step, or 1 where there is any.</summary>
sealed class CountColumns(int steps, bool presence) : ReducingColumns(steps)
{
    readonly ColumnPages _counts = new(steps, 0);

    public override void Open() => _counts.Open();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(int group, Labels labels, bool dropName, ReadOnlySpan<double> column)
    {
        var counts = _counts[group];
        int step = 0;
        for (; step <= column.Length - Vector<double>.Count; step += Vector<double>.Count)
        {
            var one = Vector.ConditionalSelect(Gap.In(new Vector<double>(column[step..])), Vector<double>.Zero, Vector<double>.One);
            (new Vector<double>(counts[step..]) + one).CopyTo(counts[step..]);
        }
        for (; step < column.Length; step++)
            counts[step] += Gap.Is(column[step]) ? 0 : 1;
    }

    public override void Merge(int group, Accumulator other, int theirs)
    {
        var counts = _counts[group];
        var more = ((CountColumns)other)._counts[theirs];
        for (int step = 0; step < counts.Length; step++)
            counts[step] += more[step];
    }

    protected override void Finish(int group, Span<double> column)
    {
        var counts = _counts[group];
        for (int step = 0; step < column.Length; step++)
            column[step] = counts[step] == 0 ? Gap.Value : presence ? 1 : counts[step];
    }

    public override void Dispose() => _counts.Dispose();
}
