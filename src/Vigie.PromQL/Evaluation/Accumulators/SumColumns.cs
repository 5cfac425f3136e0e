using System.Numerics;
using System.Runtime.CompilerServices;
using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

sealed class SumColumns(int steps) : ReducingColumns(steps)
{
    readonly ColumnPages _sums = new(steps, Gap.Value), _errors = new(steps, 0);

    public override void Open()
    {
        _sums.Open();
        _errors.Open();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(int group, Labels labels, bool dropName, ReadOnlySpan<double> column)
    {
        var sums = _sums[group];
        var errors = _errors[group];
        int step = 0;
        for (; step <= column.Length - Vector<double>.Count; step += Vector<double>.Count)
        {
            var term = new Vector<double>(column[step..]);
            var (before, errorBefore) = (new Vector<double>(sums[step..]), new Vector<double>(errors[step..]));
            var (sum, error) = (Vector.ConditionalSelect(Gap.In(before), Vector<double>.Zero, before), errorBefore);
            KahanSum.Add(ref sum, ref error, term);
            var absent = Gap.In(term);
            Vector.ConditionalSelect(absent, before, sum).CopyTo(sums[step..]);
            Vector.ConditionalSelect(absent, errorBefore, error).CopyTo(errors[step..]);
        }
        for (; step < column.Length; step++)
            Add(ref sums[step], ref errors[step], column[step], 0);
    }

    public override void Merge(int group, Accumulator other, int theirs)
    {
        var sums = _sums[group];
        var errors = _errors[group];
        var more = ((SumColumns)other)._sums[theirs];
        var moreErrors = ((SumColumns)other)._errors[theirs];
        for (int step = 0; step < sums.Length; step++)
            Add(ref sums[step], ref errors[step], more[step], moreErrors[step]);
    }

    static void Add(ref double sum, ref double error, double term, double itsError)
    {
        if (Gap.Is(term))
            return;
        var total = new KahanSum { Sum = Gap.Is(sum) ? 0 : sum, Error = error };
        total.Add(term);
        (sum, error) = (total.Sum, total.Error + itsError);
    }

    protected override void Finish(int group, Span<double> column)
    {
        var sums = _sums[group];
        var errors = _errors[group];
        for (int step = 0; step < column.Length; step++)
            column[step] = Gap.Is(sums[step]) ? Gap.Value : new KahanSum { Sum = sums[step], Error = errors[step] }.Value;
    }

    public override void Dispose()
    {
        _sums.Dispose();
        _errors.Dispose();
    }
}
