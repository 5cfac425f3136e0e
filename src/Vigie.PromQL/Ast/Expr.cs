using Vigie.Core.Metrics;
using Vigie.PromQL.Functions;
using Vigie.PromQL.Parsing;

namespace Vigie.PromQL.Ast;

/// <summary>A place in a query: offset from 0, line and column from 1.</summary>
public readonly record struct TextPosition(int Offset, int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}

/// <summary>The four types of PromQL.</summary>
public enum ValueKind { Scalar, InstantVector, RangeVector, String }

/// <summary>A node of a query.</summary>
/// <param name="At">Where the node begins; an operator's node begins at the operator.</param>
/// <param name="Depth">Levels of nodes down to the deepest leaf; the parser bounds it, so walking a tree can't overflow the stack.</param>
public abstract record Expr(TextPosition At, int Depth)
{
    public abstract ValueKind Kind { get; }

    /// <summary>The nodes directly below, in the order of the text.</summary>
    public abstract IReadOnlyList<Expr> Children { get; }

    /// <exception cref="PromQLException">The text is no valid query; the error names the place.</exception>
    public static Expr Parse(string text) => Parser.Parse(text);

    /// <summary>The query's canonical text: one spelling for each meaning, and parsing it gives the same tree.</summary>
    public sealed override string ToString() => Printer.Print(this);

    /// <summary>The same query with others in the place of its selectors: bound to one host or tenant, say.</summary>
    public Expr Rewrite(Func<Selector, Selector> change) => this switch
    {
        Selector selector => change(selector),
        RangeSelector range => range with { Selector = change(range.Selector) },
        Subquery subquery => subquery with { Inner = subquery.Inner.Rewrite(change) },
        Paren paren => paren with { Inner = paren.Inner.Rewrite(change) },
        Unary unary => unary with { Operand = unary.Operand.Rewrite(change) },
        Binary binary => binary with { Left = binary.Left.Rewrite(change), Right = binary.Right.Rewrite(change) },
        Aggregation aggregation =>
            aggregation with { Operand = aggregation.Operand.Rewrite(change), Parameter = aggregation.Parameter?.Rewrite(change) },
        Call call => call with { Arguments = [.. call.Arguments.Select(a => a.Rewrite(change))] },
        _ => this,
    };

    /// <summary>The expression inside any parentheses around it.</summary>
    internal Expr Unwrapped => this is Paren paren ? paren.Inner.Unwrapped : this;
}

public sealed record NumberLiteral(double Value, TextPosition At) : Expr(At, 1)
{
    public override ValueKind Kind => ValueKind.Scalar;

    public override IReadOnlyList<Expr> Children => [];
}

public sealed record StringLiteral(string Value, TextPosition At) : Expr(At, 1)
{
    public override ValueKind Kind => ValueKind.String;

    public override IReadOnlyList<Expr> Children => [];
}

public sealed record Paren(Expr Inner, TextPosition At) : Expr(At, Inner.Depth + 1)
{
    public override ValueKind Kind => Inner.Kind;

    public override IReadOnlyList<Expr> Children => [Inner];
}

public sealed record Unary(bool Negates, Expr Operand, TextPosition At) : Expr(At, Operand.Depth + 1)
{
    public override ValueKind Kind => Operand.Kind;

    public override IReadOnlyList<Expr> Children => [Operand];
}

/// <summary>The latest sample of each matching series. The metric's name is a matcher of <c>__name__</c>.</summary>
public sealed record Selector(IReadOnlyList<LabelMatcher> Matchers, TimeShift Shift, TextPosition At) : Expr(At, 1)
{
    public override ValueKind Kind => ValueKind.InstantVector;

    public override IReadOnlyList<Expr> Children => [];
}

/// <summary>All samples of the last <paramref name="RangeMs"/> milliseconds, open on the left. The shift is the selector's.</summary>
public sealed record RangeSelector(Selector Selector, long RangeMs, TextPosition At) : Expr(At, 2)
{
    public override ValueKind Kind => ValueKind.RangeVector;

    public override IReadOnlyList<Expr> Children => [Selector];
}

/// <summary>The inner expression evaluated again and again over a range.</summary>
/// <param name="StepMs">Distance of the instants; null takes the engine's default.</param>
public sealed record Subquery(Expr Inner, long RangeMs, long? StepMs, TimeShift Shift, TextPosition At) : Expr(At, Inner.Depth + 1)
{
    public override ValueKind Kind => ValueKind.RangeVector;

    public override IReadOnlyList<Expr> Children => [Inner];
}

public sealed record Binary(BinaryOperator Operator, Expr Left, Expr Right, bool ReturnsBool, VectorMatching? Matching, TextPosition At)
    : Expr(At, Math.Max(Left.Depth, Right.Depth) + 1)
{
    public override ValueKind Kind =>
        Left.Kind == ValueKind.Scalar && Right.Kind == ValueKind.Scalar ? ValueKind.Scalar : ValueKind.InstantVector;

    public override IReadOnlyList<Expr> Children => [Left, Right];
}

/// <param name="Parameter">The first argument of topk, bottomk, quantile and count_values; null for the others.</param>
public sealed record Aggregation(string Operator, Expr? Parameter, Expr Operand, Grouping Grouping, TextPosition At)
    : Expr(At, Math.Max(Operand.Depth, Parameter?.Depth ?? 0) + 1)
{
    public override ValueKind Kind => ValueKind.InstantVector;

    public override IReadOnlyList<Expr> Children => Parameter is null ? [Operand] : [Parameter, Operand];
}

public sealed record Call(string Function, IReadOnlyList<Expr> Arguments, TextPosition At)
    : Expr(At, Arguments.Aggregate(0, (depth, argument) => Math.Max(depth, argument.Depth)) + 1)
{
    public override ValueKind Kind => FunctionTable.Get(Function).Returns;

    public override IReadOnlyList<Expr> Children => Arguments;
}
