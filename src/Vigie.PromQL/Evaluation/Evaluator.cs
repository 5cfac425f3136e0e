using Vigie.PromQL.Ast;
using Vigie.PromQL.Functions;

namespace Vigie.PromQL.Evaluation;

/// <summary>
/// Evaluates a checked tree over a grid. Each node becomes columns, one value per step, so labels are looked at once per series
/// and not once per step. What could be computed while the series were read is taken from there. The other half of this class
/// cuts windows.
/// </summary>
sealed partial class Evaluator(QueryPlan plan, QueryStreams streams, Budget budget, Remarks remarks)
{
    public QueryPlan Plan => plan;

    public Grid Query => plan.Query;

    public Budget Budget => budget;

    public Remarks Remarks => remarks;

    /// <summary>Something has put the series in an order that the answer keeps.</summary>
    public bool IsOrdered { get; private set; }

    public List<StepSeries> InOrder(IEnumerable<StepSeries> series)
    {
        IsOrdered = true;
        return [.. series];
    }

    public string Text(Expr expr) => ((StringLiteral)expr.Unwrapped).Value;

    public double[] Scalar(Expr expr, Grid grid) => expr switch
    {
        NumberLiteral number => Constant(number.Value, grid),
        Paren paren => Scalar(paren.Inner, grid),
        Unary unary => unary.Negates ? Negated(Scalar(unary.Operand, grid)) : Scalar(unary.Operand, grid),
        Binary binary => BinaryOperations.Scalars(binary, Scalar(binary.Left, grid), Scalar(binary.Right, grid)),
        Call call => ((ScalarFunction)FunctionTable.Get(call.Function)).Map(this, call, grid),
        _ => throw new InvalidOperationException($"{expr.GetType().Name} is no scalar"),
    };

    public List<StepSeries> Vector(Expr expr, Grid grid)
    {
        budget.StopIfCancelled();
        if (streams.Columns(expr, grid) is { } columns)
            return columns;
        return expr switch
        {
            Paren paren => Vector(paren.Inner, grid),
            Unary unary => unary.Negates ? ColumnStep.Negation.Over(Vector(unary.Operand, grid), budget) : Vector(unary.Operand, grid),
            Binary binary => BinaryVector(binary, grid),
            Aggregation aggregation => Aggregations.Evaluate(this, aggregation, grid),
            Call call => CallVector(call, grid),
            _ => throw new InvalidOperationException($"{expr.GetType().Name} is no instant vector"),
        };
    }

    public double[] Constant(double value, Grid grid)
    {
        var column = budget.Column(grid);
        Array.Fill(column, value);
        return column;
    }

    public double[] Times(Grid grid)
    {
        var column = budget.Column(grid);
        for (int i = 0; i < column.Length; i++)
            column[i] = grid.Time(i) / 1000.0;
        return column;
    }

    List<StepSeries> BinaryVector(Binary binary, Grid grid)
    {
        if (binary.Left.Kind == ValueKind.Scalar)
            return BinaryOperations.WithScalar(binary, Scalar(binary.Left, grid), scalarIsLeft: true)
                .Over(Vector(binary.Right, grid), budget);
        var left = Vector(binary.Left, grid);
        if (binary.Right.Kind == ValueKind.Scalar)
            return BinaryOperations.WithScalar(binary, Scalar(binary.Right, grid), scalarIsLeft: false).Over(left, budget);
        var right = Vector(binary.Right, grid);
        return binary.Operator.IsSet
            ? SetOperations.Evaluate(binary, left, right, grid)
            : new VectorMatch(this, binary, grid).Evaluate(left, right);
    }

    List<StepSeries> CallVector(Call call, Grid grid) => FunctionTable.Get(call.Function) switch
    {
        ElementFunction function => Mapped(function, call, grid),
        WindowFunction function => Windows(function, call, grid),
        VectorFunction function => function.Map(this, call, grid),
        var function => throw new InvalidOperationException($"{function.Name} returns no vector"),
    };

    List<StepSeries> Mapped(ElementFunction function, Call call, Grid grid)
    {
        if (function.DefaultsToTime && call.Arguments.Count == 0)
            return Step(function, []).Over([new(Core.Metrics.Labels.Empty, Times(grid))], budget);
        var vector = Vector(call.Arguments[0], grid);
        return Step(function, Scalars(call, grid)).Over(vector, budget);
    }

    /// <param name="scalars">The columns of its scalar arguments.</param>
    public ColumnStep Step(ElementFunction function, double[][] scalars) => new(column =>
    {
        Span<double> at = stackalloc double[scalars.Length];
        for (int i = 0; i < column.Length; i++)
        {
            if (Gap.Is(column[i]))
                continue;
            for (int s = 0; s < scalars.Length; s++)
                at[s] = scalars[s][i];
            column[i] = function.Map(column[i], at);
        }
    }, DropsName: true, Filters: false);

    /// <summary>The scalar arguments' columns, in order.</summary>
    public double[][] Scalars(Call call, Grid grid) =>
        [.. call.Arguments.Where(a => a.Kind == ValueKind.Scalar).Select(a => Scalar(a, grid))];

    static double[] Negated(double[] column)
    {
        ColumnStep.Negate(column);
        return column;
    }
}
