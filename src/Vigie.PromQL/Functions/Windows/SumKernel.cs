using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vigie.PromQL.Evaluation;

namespace Vigie.PromQL.Functions;

/// <summary>
/// The compensated sum of each window, or its average. Neighbouring windows are summed side by side, each in the order of its
/// samples: so what comes out is what one after the other would give.
/// </summary>
sealed class SumKernel(bool average) : WindowKernel
{
    const int Lanes = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Fill(WindowBounds bounds, ReadOnlySpan<double> values, Span<double> column)
    {
        var from = bounds.From;
        var to = bounds.To;
        Span<KahanSum> sums = stackalloc KahanSum[Lanes];
        int step = 0;
        for (; step <= column.Length - Lanes; step += Lanes)
        {
            SumTogether(from.Slice(step, Lanes), to.Slice(step, Lanes), values, sums);
            for (int lane = 0; lane < Lanes; lane++)
                column[step + lane] = Result(sums[lane], values[from[step + lane]..to[step + lane]]);
        }
        for (; step < column.Length; step++)
        {
            var window = values[from[step]..to[step]];
            KahanSum sum = default;
            foreach (double value in window)
                sum.Add(value);
            column[step] = Result(sum, window);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void SumTogether(ReadOnlySpan<int> from, ReadOnlySpan<int> to, ReadOnlySpan<double> values, Span<KahanSum> sums)
    {
        int least = int.MaxValue;
        for (int lane = 0; lane < Lanes; lane++)
            least = Math.Min(least, to[lane] - from[lane]);
        var first = values.Slice(from[0], least);
        var second = values.Slice(from[1], least);
        var third = values.Slice(from[2], least);
        var fourth = values.Slice(from[3], least);
        var (sum, error) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (int i = 0; i < first.Length; i++)
        {
            var term = Vector256.Create(first[i], second[i], third[i], fourth[i]);
            var total = sum + term;
            var larger = Vector256.GreaterThanOrEqual(Vector256.Abs(sum), Vector256.Abs(term));
            error += Vector256.ConditionalSelect(larger, sum - total + term, term - total + sum);
            sum = total;
        }
        for (int lane = 0; lane < Lanes; lane++)
        {
            // What has become infinite has an error that is not a number, and is worth its sum.
            sums[lane] = new() { Sum = sum[lane], Error = double.IsInfinity(sum[lane]) ? 0 : error[lane] };
            foreach (double value in values[(from[lane] + least)..to[lane]])
                sums[lane].Add(value);
        }
    }

    double Result(KahanSum sum, ReadOnlySpan<double> window) =>
        window.Length == 0 ? Gap.Value
        : !average ? sum.Value
        : double.IsFinite(sum.Sum) ? (sum.Sum / window.Length) + (sum.Error / window.Length)
        : Statistics.Average(window);
}
