using System.Runtime.CompilerServices;
using Vigie.Core.Metrics;

namespace Vigie.PromQL.Evaluation;

/// <summary>Population variance by Welford's method, each running value with its rounding error; or its square root.</summary>
sealed class VarianceColumns(int steps, bool deviation) : ReducingColumns(steps)
{
    readonly ColumnPages[] _all = [.. Enumerable.Range(0, 5).Select(_ => new ColumnPages(steps, 0))];

    ColumnPages Counts => _all[0];

    ColumnPages Means => _all[1];

    ColumnPages MeanErrors => _all[2];

    ColumnPages Squares => _all[3];

    ColumnPages SquareErrors => _all[4];

    public override void Open()
    {
        foreach (var pages in _all)
            pages.Open();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(int group, Labels labels, bool dropName, ReadOnlySpan<double> column)
    {
        var counts = Counts[group];
        var means = Means[group];
        var meanErrors = MeanErrors[group];
        var squares = Squares[group];
        var squareErrors = SquareErrors[group];
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
            double count = Counts[group][step], more = from.Counts[theirs][step], all = count + more;
            if (more == 0)
                continue;
            if (count == 0)
            {
                for (int i = 0; i < _all.Length; i++)
                    _all[i][group][step] = from._all[i][theirs][step];
                continue;
            }
            var mean = new KahanSum { Sum = Means[group][step], Error = MeanErrors[group][step] };
            var square = new KahanSum { Sum = Squares[group][step], Error = SquareErrors[group][step] };
            double delta = from.Means[theirs][step] + from.MeanErrors[theirs][step] - (mean.Sum + mean.Error);
            mean.Add(delta * (more / all));
            square.Add(from.Squares[theirs][step]);
            square.Add(from.SquareErrors[theirs][step]);
            square.Add(delta * delta * (count * (more / all)));
            (Counts[group][step], Means[group][step], MeanErrors[group][step]) = (all, mean.Sum, mean.Error);
            (Squares[group][step], SquareErrors[group][step]) = (square.Sum, square.Error);
        }
    }

    protected override void Finish(int group, Span<double> column)
    {
        for (int step = 0; step < column.Length; step++)
        {
            double count = Counts[group][step];
            double variance = (Squares[group][step] + SquareErrors[group][step]) / count;
            column[step] = count == 0 ? Gap.Value : deviation ? Math.Sqrt(variance) : variance;
        }
    }

    public override void Dispose()
    {
        foreach (var pages in _all)
            pages.Dispose();
    }
}
