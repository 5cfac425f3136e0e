using System.Numerics;
using System.Runtime.CompilerServices;
using Vigie.PromQL.Ast;

namespace Vigie.PromQL.Evaluation;

/// <summary>Arithmetic and comparison of two values, and of two columns.</summary>
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
        Columns(binary, left, right, left, keepsRight: false);
        return left;
    }

    /// <summary>A filter keeps the vector's value, on whichever side it stands.</summary>
    public static ColumnStep WithScalar(Binary binary, double[] scalar, bool scalarIsLeft)
    {
        bool filters = binary.Operator.IsComparison && !binary.ReturnsBool;
        return scalarIsLeft
            ? new(column => Columns(binary, scalar, column, column, keepsRight: true), DropsName: !filters, filters)
            : new(column => Columns(binary, column, scalar, column, keepsRight: false), DropsName: !filters, filters);
    }

    /// <summary>A gap where either side has one.</summary>
    /// <param name="result">May be one of the two.</param>
    /// <param name="keepsRight">Which value a filter keeps.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(Binary binary, ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> result, bool keepsRight)
    {
        var (op, step) = (binary.Operator, 0);
        if (op is not (BinaryOperator.Modulo or BinaryOperator.Power or BinaryOperator.Atan2))
        {
            var gap = new Vector<double>(Gap.Value);
            for (; step <= result.Length - Vector<double>.Count; step += Vector<double>.Count)
            {
                var (a, b) = (new Vector<double>(left[step..]), new Vector<double>(right[step..]));
                var absent = Gap.In(a) | Gap.In(b);
                Vector<double> value;
                if (!op.IsComparison)
                    value = Compute(op, a, b);
                else if (binary.ReturnsBool)
                    value = Vector.ConditionalSelect(Holds(op, a, b), Vector<double>.One, Vector<double>.Zero);
                else
                    value = Vector.ConditionalSelect(Holds(op, a, b), keepsRight ? b : a, gap);
                Vector.ConditionalSelect(absent, gap, value).CopyTo(result[step..]);
            }
        }
        for (; step < result.Length; step++)
        {
            double a = left[step], b = right[step];
            result[step] = Gap.Is(a) || Gap.Is(b) ? Gap.Value
                : keepsRight && op.IsComparison && !binary.ReturnsBool ? Holds(op, a, b) ? b : Gap.Value
                : Apply(op, binary.ReturnsBool, a, b);
        }
    }

    static Vector<double> Compute(BinaryOperator op, Vector<double> left, Vector<double> right) => op switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        _ => left / right,
    };

    static Vector<long> Holds(BinaryOperator op, Vector<double> left, Vector<double> right) => op switch
    {
        BinaryOperator.Equal => Vector.Equals(left, right),
        BinaryOperator.NotEqual => ~Vector.Equals(left, right),
        BinaryOperator.Less => Vector.LessThan(left, right),
        BinaryOperator.LessOrEqual => Vector.LessThanOrEqual(left, right),
        BinaryOperator.Greater => Vector.GreaterThan(left, right),
        _ => Vector.GreaterThanOrEqual(left, right),
    };

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
