using Vigie.PromQL.Ast;
using Vigie.PromQL.Evaluation;
using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Functions that return one value per step.</summary>
static class ScalarFunctions
{
    public static readonly Function[] All =
    [
        new ScalarFunction("time", (e, _, grid) => e.Times(grid)),
        new ScalarFunction("pi", (e, _, grid) => e.Constant(Math.PI, grid)),
        new ScalarFunction("start", (e, _, grid) => e.Constant(e.Query.StartMs / 1000.0, grid)),
        new ScalarFunction("end", (e, _, grid) => e.Constant(e.Query.EndMs / 1000.0, grid)),
        new ScalarFunction("step", (e, _, grid) => e.Constant(e.Query.StepMs / 1000.0, grid)),
        new ScalarFunction("range", (e, _, grid) => e.Constant((e.Query.EndMs - e.Query.StartMs) / 1000.0, grid)),
        new ScalarFunction("min_of", (e, call, grid) => Pairwise(e, call, grid, Math.Min), Scalar, Scalar),
        new ScalarFunction("max_of", (e, call, grid) => Pairwise(e, call, grid, Math.Max), Scalar, Scalar),
        new ScalarFunction("scalar", ToScalar, InstantVector),
    ];

    static double[] Pairwise(Evaluator e, Call call, Grid grid, Func<double, double, double> choose)
    {
        var left = e.Scalar(call.Arguments[0], grid);
        var right = e.Scalar(call.Arguments[1], grid);
        for (int i = 0; i < left.Length; i++)
            left[i] = choose(left[i], right[i]);
        return left;
    }

    /// <summary>The value where exactly one series has one, NaN elsewhere.</summary>
    static double[] ToScalar(Evaluator e, Call call, Grid grid)
    {
        var vector = e.Vector(call.Arguments[0], grid);
        var column = e.Constant(double.NaN, grid);
        for (int i = 0; i < grid.Count; i++)
        {
            int present = 0;
            foreach (var series in vector)
            {
                if (Gap.Is(series.Values[i]))
                    continue;
                column[i] = series.Values[i];
                present++;
            }
            if (present != 1)
                column[i] = double.NaN;
        }
        return column;
    }
}
