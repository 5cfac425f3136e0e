using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Evaluation;

/// <summary>Arithmetic and comparison of two values, and of columns with a scalar on either side.</summary>
static class BinaryOperations
{
    /// <summary>The result; a comparison without <c>bool</c> keeps the left value or makes a gap.</summary>
    public static double Apply(BinaryOperator op, bool returnsBool, double left, double right)
    {
        if (!op.IsComparison)
            return Compute(op, left, right);
        bool holds = Holds(op, left, right);
        return returnsBool ? holds ? 1 : 0 : holds ? left : Gap.Value;
    }

    public static double[] Scalars(Binary binary, double[] left, double[] right)
    {
        for (int i = 0; i < left.Length; i++)
            left[i] = Apply(binary.Operator, binary.ReturnsBool, left[i], right[i]);
        return left;
    }

    public static List<StepSeries> VectorAndScalar(Binary binary, List<StepSeries> vector, double[] scalar) =>
        Each(binary, vector, (value, step) => Apply(binary.Operator, binary.ReturnsBool, value, scalar[step]));

    /// <summary>A filter keeps the vector's value, although it stands on the right.</summary>
    public static List<StepSeries> ScalarAndVector(Binary binary, double[] scalar, List<StepSeries> vector) =>
        Each(binary, vector, binary.Operator.IsComparison && !binary.ReturnsBool
            ? (value, step) => Holds(binary.Operator, scalar[step], value) ? value : Gap.Value
            : (value, step) => Apply(binary.Operator, binary.ReturnsBool, scalar[step], value));

    static List<StepSeries> Each(Binary binary, List<StepSeries> vector, Func<double, int, double> compute)
    {
        bool filters = binary.Operator.IsComparison && !binary.ReturnsBool;
        foreach (var series in vector)
        {
            series.DropName |= !filters;
            var values = series.Values;
            for (int i = 0; i < values.Length; i++)
                if (!Gap.Is(values[i]))
                    values[i] = compute(values[i], i);
        }
        if (filters)
            vector.RemoveAll(series => series.IsEmpty);
        return vector;
    }

    static double Compute(BinaryOperator op, double left, double right) => op switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide => left / right,
        BinaryOperator.Modulo => left % right,
        BinaryOperator.Power => Math.Pow(left, right),
        _ => Math.Atan2(left, right),
    };

    static bool Holds(BinaryOperator op, double left, double right) => op switch
    {
        BinaryOperator.Equal => left == right,
        BinaryOperator.NotEqual => left != right,
        BinaryOperator.Less => left < right,
        BinaryOperator.LessOrEqual => left <= right,
        BinaryOperator.Greater => left > right,
        _ => left >= right,
    };
}
