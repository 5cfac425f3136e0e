using Vigie.PromQL.Evaluation;
using static Vigie.PromQL.Ast.ValueKind;

namespace Vigie.PromQL.Functions;

/// <summary>Functions that map each sample's value.</summary>
static class ElementFunctions
{
    public static readonly Function[] All =
    [
        ElementFunction.Of("abs", Math.Abs),
        ElementFunction.Of("ceil", Math.Ceiling),
        ElementFunction.Of("floor", Math.Floor),
        ElementFunction.Of("exp", Math.Exp),
        ElementFunction.Of("sqrt", Math.Sqrt),
        ElementFunction.Of("ln", Math.Log),
        ElementFunction.Of("log2", Math.Log2),
        ElementFunction.Of("log10", Math.Log10),
        ElementFunction.Of("sgn", v => v > 0 ? 1 : v < 0 ? -1 : v),
        ElementFunction.Of("sin", Math.Sin),
        ElementFunction.Of("cos", Math.Cos),
        ElementFunction.Of("tan", Math.Tan),
        ElementFunction.Of("asin", Math.Asin),
        ElementFunction.Of("acos", Math.Acos),
        ElementFunction.Of("atan", Math.Atan),
        ElementFunction.Of("sinh", Math.Sinh),
        ElementFunction.Of("cosh", Math.Cosh),
        ElementFunction.Of("tanh", Math.Tanh),
        ElementFunction.Of("asinh", Math.Asinh),
        ElementFunction.Of("acosh", Math.Acosh),
        ElementFunction.Of("atanh", Math.Atanh),
        ElementFunction.Of("rad", v => v * Math.PI / 180),
        ElementFunction.Of("deg", v => v * 180 / Math.PI),
        new ElementFunction("round", (v, to) => Round(v, to.Length > 0 ? to[0] : 1), InstantVector, Scalar) { Optional = 1 },
        new ElementFunction("clamp", (v, bounds) => bounds[1] < bounds[0] ? Gap.Value : Math.Max(bounds[0], Math.Min(bounds[1], v)),
            InstantVector, Scalar, Scalar),
        new ElementFunction("clamp_min", (v, bound) => Math.Max(bound[0], v), InstantVector, Scalar),
        new ElementFunction("clamp_max", (v, bound) => Math.Min(bound[0], v), InstantVector, Scalar),
    ];

    /// <summary>Halves go up; dividing by the inverse keeps 0.1 and its like exact.</summary>
    static double Round(double value, double nearest)
    {
        double inverse = 1 / nearest;
        return Math.Floor((value * inverse) + 0.5) / inverse;
    }
}
