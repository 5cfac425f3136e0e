using System.Numerics;
using System.Runtime.CompilerServices;

namespace Vigie.PromQL.Evaluation;

/// <summary>A sum that carries its rounding error along (Neumaier's variant, which also survives a term larger than the sum).</summary>
struct KahanSum
{
    public double Sum;
    public double Error;

    /// <summary>An infinite sum stays infinite instead of becoming NaN by its error term.</summary>
    public readonly double Value => double.IsInfinity(Sum) ? Sum : Sum + Error;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double term)
    {
        double total = Sum + term;
        if (double.IsInfinity(total))
            Error = 0;
        else if (Math.Abs(Sum) >= Math.Abs(term))
            Error += Sum - total + term;
        else
            Error += term - total + Sum;
        Sum = total;
    }

    /// <summary>The same for as many sums as a register holds, with the same results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref Vector<double> sum, ref Vector<double> error, Vector<double> term)
    {
        var total = sum + term;
        var larger = Vector.GreaterThanOrEqual(Vector.Abs(sum), Vector.Abs(term));
        var lost = Vector.ConditionalSelect(larger, sum - total + term, term - total + sum);
        error = Vector.ConditionalSelect(IsInfinite(total), Vector<double>.Zero, error + lost);
        sum = total;
    }

    public static Vector<long> IsInfinite(Vector<double> values) =>
        Vector.Equals(Vector.Abs(values), new Vector<double>(double.PositiveInfinity));
}
