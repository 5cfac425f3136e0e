using System.Runtime.CompilerServices;
using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>Population variance by Welford's method, each running value with its rounding error; or its square root.</summary>
sealed class VarianceColumns(int steps, bool deviation) : ReducingColumns(steps)
{
    readonly ColumnPages _counts = new(steps, 0), _means = new(steps, 0), _meanErrors = new(steps, 0),
        _squares = new(steps, 0), _squareErrors = new(steps, 0);

    IEnumerable<ColumnPages> All => [_counts, _means, _meanErrors, _squares, _squareErrors];

    public override void Open()
    {
        foreach (var pages in All)
            pages.Open();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(int group, Labels labels, bool dropName, ReadOnlySpan<double> column)
    {
        var counts = _counts[group];
        var means = _means[group];
        var meanErrors = _meanErrors[group];
        var squares = _squares[group];
        var squareErrors = _squareErrors[group];
        for (int step = 0; step < column.Length; step++)
        {
            double value = column[step];
            if (Gap.Is(value))
                continue;
            var mean = new KahanSum { Sum = means[step], Error = meanErrors[step] };
            var square = new KahanSum { Sum = squares[step], Error = squareErrors[step] };
            double delta = value - (mean.Sum + mean.Error);
            mean.Add(delta / ++counts[step]);
            square.Add(delta * (value - (mean.Sum + mean.Error)));
            (means[step], meanErrors[step], squares[step], squareErrors[step]) = (mean.Sum, mean.Error, square.Sum, square.Error);
        }
    }

    /// <summary>The variances within, and what the means differ (Chan, Golub and LeVeque, 1979).</summary>
    public override void Merge(int group, Accumulator other, int theirs)
    {
        var from = (VarianceColumns)other;
        for (int step = 0; step < Steps; step++)
        {
            double count = _counts[group][step], more = from._counts[theirs][step], all = count + more;
            if (more == 0)
                continue;
            var mean = new KahanSum { Sum = _means[group][step], Error = _meanErrors[group][step] };
            var square = new KahanSum { Sum = _squares[group][step], Error = _squareErrors[group][step] };
            double delta = from._means[theirs][step] + from._meanErrors[theirs][step] - (mean.Sum + mean.Error);
            mean.Add(delta * (more / all));
            square.Add(from._squares[theirs][step]);
            square.Add(from._squareErrors[theirs][step]);
            square.Add(delta * delta * (count * (more / all)));
            (_counts[group][step], _means[group][step], _meanErrors[group][step]) = (all, mean.Sum, mean.Error);
            (_squares[group][step], _squareErrors[group][step]) = (square.Sum, square.Error);
        }
    }

    protected override void Finish(int group, Span<double> column)
    {
        for (int step = 0; step < column.Length; step++)
        {
            double count = _counts[group][step];
            double variance = (_squares[group][step] + _squareErrors[group][step]) / count;
            column[step] = count == 0 ? Gap.Value : deviation ? Math.Sqrt(variance) : variance;
        }
    }

    public override void Dispose()
    {
        foreach (var pages in All)
            pages.Dispose();
    }
}
