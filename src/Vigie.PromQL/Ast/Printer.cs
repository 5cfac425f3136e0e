using System.Text;
using Vigie.Core.Metrics;
using Vigie.PromQL.Parsing;

namespace Vigie.PromQL.Ast;

/// <summary>A tree's canonical text. Parentheses are nodes of their own, so none has to be added.</summary>
static class Printer
{
    public static string Print(Expr expr)
    {
        var text = new StringBuilder();
        Print(text, expr);
        return text.ToString();
    }

    static void Print(StringBuilder text, Expr expr)
    {
        switch (expr)
        {
            case NumberLiteral number:
                text.Append(Numbers.Print(number.Value));
                break;
            case StringLiteral literal:
                text.Append(Labels.Quote(literal.Value));
                break;
            case Paren paren:
                text.Append('(');
                Print(text, paren.Inner);
                text.Append(')');
                break;
            case Unary unary:
                text.Append(unary.Negates ? '-' : '+');
                Print(text, unary.Operand);
                break;
            case Selector selector:
                PrintMatchers(text, selector.Matchers);
                PrintShift(text, selector.Shift);
                break;
            case RangeSelector range:
                PrintMatchers(text, range.Selector.Matchers);
                text.Append('[').Append(Durations.Print(range.RangeMs)).Append(']');
                PrintShift(text, range.Selector.Shift);
                break;
            case Subquery subquery:
                Print(text, subquery.Inner);
                text.Append('[').Append(Durations.Print(subquery.RangeMs)).Append(':')
                    .Append(subquery.StepMs is { } step ? Durations.Print(step) : "").Append(']');
                PrintShift(text, subquery.Shift);
                break;
            case Binary binary:
                PrintBinary(text, binary);
                break;
            case Aggregation aggregation:
                PrintAggregation(text, aggregation);
                break;
            case Call call:
                text.Append(call.Function);
                PrintList(text, call.Arguments);
                break;
        }
    }

    static void PrintBinary(StringBuilder text, Binary binary)
    {
        Print(text, binary.Left);
        text.Append(' ').Append(binary.Operator.Text).Append(binary.ReturnsBool ? " bool" : "");
        if (binary.Matching is { } matching)
        {
            if (matching.On || matching.Labels.Count > 0 || matching.Cardinality != Cardinality.OneToOne)
                PrintNames(text.Append(matching.On ? " on " : " ignoring "), matching.Labels);
            if (matching.Cardinality != Cardinality.OneToOne)
                PrintNames(text.Append(matching.Cardinality == Cardinality.ManyToOne ? " group_left " : " group_right "), matching.Include);
        }
        text.Append(' ');
        Print(text, binary.Right);
    }

    static void PrintAggregation(StringBuilder text, Aggregation aggregation)
    {
        text.Append(aggregation.Operator);
        if (aggregation.Grouping.Without || aggregation.Grouping.Labels.Count > 0)
        {
            PrintNames(text.Append(aggregation.Grouping.Without ? " without " : " by "), aggregation.Grouping.Labels);
            text.Append(' ');
        }
        PrintList(text, aggregation.Children);
    }

    static void PrintList(StringBuilder text, IReadOnlyList<Expr> expressions)
    {
        text.Append('(');
        for (int i = 0; i < expressions.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Print(text, expressions[i]);
        }
        text.Append(')');
    }

    static void PrintNames(StringBuilder text, IReadOnlyList<string> names) =>
        text.Append('(').AppendJoin(", ", names.Select(name => Names.IsLabel(name) ? name : Labels.Quote(name))).Append(')');

    static void PrintMatchers(StringBuilder text, IReadOnlyList<LabelMatcher> matchers)
    {
        var named = matchers.FirstOrDefault(m => m is { Name: Labels.MetricName, Kind: MatchKind.Equal });
        var parts = new List<string>(matchers.Count);
        if (named is not null && Names.IsPlainMetric(named.Value))
            text.Append(named.Value);
        else if (named is not null)
            parts.Add(named.Value.Length > 0 ? Labels.Quote(named.Value) : Print(named));
        parts.AddRange(matchers.Where(m => m != named).Select(Print));
        if (parts.Count > 0)
            text.Append('{').AppendJoin(", ", parts).Append('}');
    }

    static string Print(LabelMatcher matcher)
    {
        string sign = matcher.Kind switch { MatchKind.Equal => "=", MatchKind.NotEqual => "!=", MatchKind.Regex => "=~", _ => "!~" };
        return (Names.IsLabel(matcher.Name) ? matcher.Name : Labels.Quote(matcher.Name)) + sign + Labels.Quote(matcher.Value);
    }

    static void PrintShift(StringBuilder text, TimeShift shift)
    {
        text.Append(shift.At switch
        {
            AtKind.Time => " @ " + Numbers.Print(shift.AtMs / 1000.0),
            AtKind.Start => " @ start()",
            AtKind.End => " @ end()",
            _ => "",
        });
        if (shift.OffsetMs != 0)
            text.Append(" offset ").Append(Durations.Print(shift.OffsetMs));
    }
}
