using System.Numerics;
using System.Runtime.CompilerServices;
using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>NaN only when every value is. A gap is one, too, so whatever comes takes its place.</summary>
sealed class ExtremeColumns(int steps, bool max) : ReducingColumns(steps)
{
    readonly ColumnPages _best = new(steps, Gap.Value);

    public override void Open() => _best.Open();

    public override void Add(int group, Labels labels, bool dropName, ReadOnlySpan<double> column) => Add(_best[group], column);

    public override void Merge(int group, Accumulator other, int theirs) => Add(_best[group], ((ExtremeColumns)other)._best[theirs]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Add(Span<double> best, ReadOnlySpan<double> column)
    {
        int step = 0;
        for (; step <= column.Length - Vector<double>.Count; step += Vector<double>.Count)
        {
            var (old, value) = (new Vector<double>(best[step..]), new Vector<double>(column[step..]));
            var wins = (max ? Vector.GreaterThan(value, old) : Vector.LessThan(value, old)) | ~Vector.Equals(old, old);
            Vector.ConditionalSelect(Vector.AndNot(wins, Gap.In(value)), value, old).CopyTo(best[step..]);
        }
        for (; step < column.Length; step++)
        {
            double value = column[step], old = best[step];
            if (!Gap.Is(value) && ((max ? value > old : value < old) || double.IsNaN(old)))
                best[step] = value;
        }
    }

    protected override void Finish(int group, Span<double> column) => _best[group].CopyTo(column);

    public override void Dispose() => _best.Dispose();
}
