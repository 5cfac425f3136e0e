namespace Vigie.PromQL.Evaluation;

/// <summary>A sum that carries its rounding error along (Neumaier's variant, which also survives a term larger than the sum).</summary>
struct KahanSum
{
    public double Sum;
    public double Error;

    /// <summary>An infinite sum stays infinite instead of becoming NaN by its error term.</summary>
    public readonly double Value => double.IsInfinity(Sum) ? Sum : Sum + Error;

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
}
