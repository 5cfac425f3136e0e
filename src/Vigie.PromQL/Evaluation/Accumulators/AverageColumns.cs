using System.Numerics;
using System.Runtime.CompilerServices;
using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>Sum over count; from where the sum would overflow, a running mean, which a negative count tells.</summary>
sealed class AverageColumns(int steps) : ReducingColumns(steps)
{
    readonly ColumnPages _sums = new(steps, 0), _errors = new(steps, 0), _counts = new(steps, 0);

    public override void Open()
    {
        _sums.Open();
        _errors.Open();
        _counts.Open();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(int group, Labels labels, bool dropName, ReadOnlySpan<double> column)
    {
        var sums = _sums[group];
        var errors = _errors[group];
        var counts = _counts[group];
        int step = 0;
        for (; step <= column.Length - Vector<double>.Count; step += Vector<double>.Count)
        {
            var term = new Vector<double>(column[step..]);
            var (before, errorBefore) = (new Vector<double>(sums[step..]), new Vector<double>(errors[step..]));
            var count = new Vector<double>(counts[step..]);
            var (sum, error) = (before, errorBefore);
            KahanSum.Add(ref sum, ref error, term);
            if (Vector.LessThanAny(count, Vector<double>.Zero) || KahanSum.IsInfinite(sum) != Vector<long>.Zero)
            {
                for (int lane = step; lane < step + Vector<double>.Count; lane++)
                    Add(ref sums[lane], ref errors[lane], ref counts[lane], column[lane]);
                continue;
            }
            var absent = Gap.In(term);
            Vector.ConditionalSelect(absent, before, sum).CopyTo(sums[step..]);
            Vector.ConditionalSelect(absent, errorBefore, error).CopyTo(errors[step..]);
            (count + Vector.ConditionalSelect(absent, Vector<double>.Zero, Vector<double>.One)).CopyTo(counts[step..]);
        }
        for (; step < column.Length; step++)
            Add(ref sums[step], ref errors[step], ref counts[step], column[step]);
    }

    static void Add(ref double sum, ref double error, ref double count, double term)
    {
        if (Gap.Is(term))
            return;
        if (count == 0)
            (sum, error, count) = (term, 0, 1);
        else
            Join(ref sum, ref error, ref count, term, 0, 1);
    }

    public override void Merge(int group, Accumulator other, int theirs)
    {
        var from = (AverageColumns)other;
        var sums = _sums[group];
        var errors = _errors[group];
        var counts = _counts[group];
        var more = from._sums[theirs];
        var moreErrors = from._errors[theirs];
        var moreCounts = from._counts[theirs];
        for (int step = 0; step < sums.Length; step++)
        {
            if (counts[step] == 0)
                (sums[step], errors[step], counts[step]) = (more[step], moreErrors[step], moreCounts[step]);
            else if (moreCounts[step] != 0)
                Join(ref sums[step], ref errors[step], ref counts[step], more[step], moreErrors[step], moreCounts[step]);
        }
    }

    static void Join(ref double sum, ref double error, ref double count, double more, double moreError, double moreCount)
    {
        if (count > 0 && moreCount > 0)
        {
            var total = new KahanSum { Sum = sum, Error = error };
            total.Add(more);
            if (!double.IsInfinity(total.Sum))
            {
                (sum, error, count) = (total.Sum, total.Error + moreError, count + moreCount);
                return;
            }
        }
        double all = Math.Abs(count) + Math.Abs(moreCount);
        var mean = new KahanSum { Sum = Share(sum, count, all), Error = Share(error, count, all) };
        mean.Add(Share(more, moreCount, all));
        (sum, error, count) = (mean.Sum, mean.Error + Share(moreError, moreCount, all), -all);
    }

    /// <summary>What a sum or a mean adds to the mean of all.</summary>
    static double Share(double value, double count, double all) => count > 0 ? value / all : value * (-count / all);

    protected override void Finish(int group, Span<double> column)
    {
        var sums = _sums[group];
        var errors = _errors[group];
        var counts = _counts[group];
        for (int step = 0; step < column.Length; step++)
        {
            double count = counts[step];
            column[step] = count == 0 ? Gap.Value
                : count > 0 ? (sums[step] / count) + (errors[step] / count)
                : sums[step] + errors[step];
        }
    }

    public override void Dispose()
    {
        _sums.Dispose();
        _errors.Dispose();
        _counts.Dispose();
    }
}
