using Vigie.PromQL.Ast;
using Vigie.PromQL.Functions;

namespace Vigie.PromQL.Parsing;

/// <summary>Whether the parts of a parsed query fit together.</summary>
static class TypeChecker
{
    public static void Check(Expr expr)
    {
        foreach (var child in expr.Children)
            Check(child);
        switch (expr)
        {
            case Unary { Operand.Kind: not (ValueKind.Scalar or ValueKind.InstantVector) } unary:
                throw Mismatch(unary.At, "a sign", "a scalar or an instant vector", unary.Operand);
            case Subquery { Inner.Kind: not ValueKind.InstantVector } subquery:
                throw Mismatch(subquery.At, "a subquery", Name(ValueKind.InstantVector), subquery.Inner);
            case Binary binary:
                CheckBinary(binary);
                break;
            case Aggregation aggregation:
                CheckAggregation(aggregation);
                break;
            case Call call:
                CheckCall(call);
                break;
        }
    }

    public static string Name(ValueKind kind) => kind switch
    {
        ValueKind.Scalar => "a scalar",
        ValueKind.InstantVector => "an instant vector",
        ValueKind.RangeVector => "a range vector",
        _ => "a string",
    };

    static void CheckBinary(Binary binary)
    {
        string sign = $"'{binary.Operator.Text}'";
        foreach (var side in binary.Children)
            if (side.Kind is not (ValueKind.Scalar or ValueKind.InstantVector))
                throw Mismatch(side.At, sign, "scalars or instant vectors", side);
        bool vectors = binary.Left.Kind == ValueKind.InstantVector && binary.Right.Kind == ValueKind.InstantVector;
        if (binary.ReturnsBool && !binary.Operator.IsComparison)
            throw PromQLException.Bad(binary.At, $"'bool' is only allowed after a comparison, not after {sign}");
        if (binary.Operator.IsComparison && binary.Kind == ValueKind.Scalar && !binary.ReturnsBool)
            throw PromQLException.Type(binary.At, $"a comparison of scalars needs 'bool': {binary.Operator.Text} bool");
        if (binary.Operator.IsSet && !vectors)
            throw PromQLException.Type(binary.At, $"{sign} needs an instant vector on both sides");
        if (binary.Matching is not null && !vectors)
            throw PromQLException.Type(binary.At, "'on' and 'ignoring' need an instant vector on both sides");
        if (binary.Operator.IsSet && binary.Matching is { Cardinality: not Cardinality.OneToOne })
            throw PromQLException.Bad(binary.At, $"no group modifier is allowed for {sign}");
    }

    static void CheckAggregation(Aggregation aggregation)
    {
        if (aggregation.Operand.Kind != ValueKind.InstantVector)
            throw Mismatch(aggregation.Operand.At, aggregation.Operator, Name(ValueKind.InstantVector), aggregation.Operand);
        var expected = AggregatorTable.Get(aggregation.Operator).Parameter;
        if (aggregation.Parameter is { } parameter && parameter.Kind != expected)
            throw Mismatch(parameter.At, $"the parameter of {aggregation.Operator}", Name(expected!.Value), parameter);
    }

    static void CheckCall(Call call)
    {
        var function = FunctionTable.Get(call.Function);
        int count = call.Arguments.Count;
        if (count < function.Required || (!function.Variadic && count > function.Parameters.Length))
        {
            int bound = count < function.Required ? function.Required : function.Parameters.Length;
            string measure = function.Variadic || function.Optional > 0 ? count < function.Required ? "at least " : "at most " : "";
            string counted = bound == 1 ? "1 argument" : $"{bound} arguments";
            throw PromQLException.Type(call.At, $"{call.Function}() takes {measure}{counted}, found {count}");
        }
        for (int i = 0; i < count; i++)
        {
            var expected = function.Parameters[Math.Min(i, function.Parameters.Length - 1)];
            if (call.Arguments[i].Kind != expected)
                throw Mismatch(call.Arguments[i].At, $"{call.Function}()", Name(expected), call.Arguments[i]);
        }
    }

    static PromQLException Mismatch(TextPosition at, string who, string expected, Expr found) =>
        PromQLException.Type(at, $"{who} needs {expected}, found {Name(found.Kind)}", expected, Name(found.Kind));
}
