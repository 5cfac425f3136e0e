using Vigie.PromQL;
using Vigie.PromQL.Ast;

namespace Vigie.Tests.PromQL;

public sealed class ParserErrorTests
{
    [Theory]
    [InlineData("", 1, 1, "expected a number, a string, a selector, a function or '(', found the end of the query")]
    [InlineData("   \n\n", 3, 1, "expected a number, a string, a selector, a function or '(', found the end of the query")]
    [InlineData("1 +", 1, 4, "expected a number, a string, a selector, a function or '(', found the end of the query")]
    [InlineData("1 + + ", 1, 7, "expected a number, a string, a selector, a function or '(', found the end of the query")]
    [InlineData("foo bar", 1, 5, "expected an operator or the end of the query, found 'bar'")]
    [InlineData("(1", 1, 3, "expected an operator or ')', found the end of the query")]
    [InlineData("1)", 1, 2, "expected an operator or the end of the query, found ')'")]
    [InlineData("sum(foo", 1, 8, "expected ',' or ')', found the end of the query")]
    [InlineData("foo{", 1, 5, "expected a label name or '}', found the end of the query")]
    [InlineData("foo{a", 1, 6, "expected one of =, !=, =~ and !~, found the end of the query")]
    [InlineData("foo{a=", 1, 7, "expected a string, found the end of the query")]
    [InlineData("foo{a=b}", 1, 7, "expected a string, found 'b'")]
    [InlineData("foo{a==\"b\"}", 1, 6, "expected one of =, !=, =~ and !~, found '=='")]
    [InlineData("foo{a:b=\"c\"}", 1, 5, "expected a label name or '}', found 'a:b'")]
    [InlineData("foo{a=\"b\" c=\"d\"}", 1, 11, "expected ',' or '}', found 'c'")]
    [InlineData("foo{\"bar\"}", 1, 5, "the metric's name is set twice")]
    [InlineData("foo{__name__=\"bar\"}", 1, 5, "the metric's name is set twice")]
    [InlineData("{}", 1, 1, "a selector needs at least one matcher that does not match the empty string")]
    [InlineData("{a=~\".*\", b=\"\"}", 1, 1, "a selector needs at least one matcher that does not match the empty string")]
    [InlineData("foo[5m", 1, 7, "expected ']', found the end of the query")]
    [InlineData("foo[]", 1, 5, "expected a duration, found ']'")]
    [InlineData("foo[0s]", 1, 5, "a range must be longer than 0")]
    [InlineData("foo[5m1h]", 1, 5, "'5m1h' is neither a number nor a duration (5m, 1h30m, 250ms)")]
    [InlineData("foo[5x]", 1, 5, "'5x' is neither a number nor a duration (5m, 1h30m, 250ms)")]
    [InlineData("foo[999999999y]", 1, 5, "'999999999y' is neither a number nor a duration (5m, 1h30m, 250ms)")]
    [InlineData("foo[Inf]", 1, 5, "the duration Inf is out of range")]
    [InlineData("foo[1e300]", 1, 5, "the duration 1e300 is out of range")]
    [InlineData("foo offset 5m[1m]", 1, 14, "the range comes before 'offset' and '@'")]
    [InlineData("foo offset", 1, 11, "expected a duration, found the end of the query")]
    [InlineData("foo offset 5m offset 1m", 1, 15, "'offset' is set twice")]
    [InlineData("foo @ 5 @ 6", 1, 9, "'@' is set twice")]
    [InlineData("foo @ bar", 1, 7, "expected a duration, found 'bar'")]
    [InlineData("(foo) offset 5m", 1, 7, "'offset' is only allowed after a selector or a subquery")]
    [InlineData("(foo)[5m]", 1, 6, "a range is only allowed after a selector; write [range:step] to evaluate an expression over time")]
    [InlineData("foo and bool bar", 1, 5, "'bool' is only allowed after a comparison, not after 'and'")]
    [InlineData("foo + bool bar", 1, 5, "'bool' is only allowed after a comparison, not after '+'")]
    [InlineData("1 > 2", 1, 3, "a comparison of scalars needs 'bool': > bool")]
    [InlineData("1 and foo", 1, 3, "'and' needs an instant vector on both sides")]
    [InlineData("1 + on(a) foo", 1, 3, "'on' and 'ignoring' need an instant vector on both sides")]
    [InlineData("foo + group_left(a) bar", 1, 7, "expected 'on' or 'ignoring' before it, found 'group_left'")]
    [InlineData("foo and on(a) group_left bar", 1, 5, "no group modifier is allowed for 'and'")]
    [InlineData("foo * on(a) group_left(a) bar", 1, 13, "the label a must not occur in both 'on' and the group modifier")]
    [InlineData("foo * on(a:b) bar", 1, 10, "expected a label name or ')', found 'a:b'")]
    [InlineData("foo + foo[5m]", 1, 7, "'+' needs scalars or instant vectors, found a range vector")]
    [InlineData("\"a\" + 1", 1, 1, "'+' needs scalars or instant vectors, found a string")]
    [InlineData("-\"a\"", 1, 1, "a sign needs a scalar or an instant vector, found a string")]
    [InlineData("-foo[5m]", 1, 1, "a sign needs a scalar or an instant vector, found a range vector")]
    [InlineData("1[5m:1m]", 1, 2, "a subquery needs an instant vector, found a scalar")]
    [InlineData("rate(foo)", 1, 6, "rate() needs a range vector, found an instant vector")]
    [InlineData("rate(foo[5m], 1)", 1, 1, "rate() takes 1 argument, found 2")]
    [InlineData("rate()", 1, 1, "rate() takes 1 argument, found 0")]
    [InlineData("round(foo, 1, 2)", 1, 1, "round() takes at most 2 arguments, found 3")]
    [InlineData("label_join(foo, \"a\")", 1, 1, "label_join() takes at least 3 arguments, found 2")]
    [InlineData("abs(1)", 1, 5, "abs() needs an instant vector, found a scalar")]
    [InlineData("nofunction(foo)", 1, 1, "unknown function 'nofunction'")]
    [InlineData("ABS(foo)", 1, 1, "unknown function 'ABS'")]
    [InlineData("sum(1)", 1, 5, "sum needs an instant vector, found a scalar")]
    [InlineData("sum(foo, bar)", 1, 1, "sum takes 1 argument, found 2")]
    [InlineData("topk(foo)", 1, 1, "topk takes 2 arguments, found 1")]
    [InlineData("topk(\"a\", foo)", 1, 6, "the parameter of topk needs a scalar, found a string")]
    [InlineData("count_values(1, foo)", 1, 14, "the parameter of count_values needs a string, found a scalar")]
    [InlineData("sum by a (foo)", 1, 8, "expected '(', found 'a'")]
    [InlineData("sum by (1) (foo)", 1, 9, "expected a label name or ')', found the number 1")]
    [InlineData("'abc", 1, 1, "the string that begins here has no closing '")]
    [InlineData("\"a\nb\"", 1, 1, "the string that begins here has no closing \"")]
    [InlineData("\"a\\qb\"", 1, 3, "this escape is unknown; write \\\\ for a backslash")]
    [InlineData("\"\\ud800\"", 1, 2, "this escape is unknown; write \\\\ for a backslash")]
    [InlineData("1foo", 1, 1, "'1foo' is neither a number nor a duration (5m, 1h30m, 250ms)")]
    [InlineData("0x", 1, 1, "'0x' is neither a number nor a duration (5m, 1h30m, 250ms)")]
    [InlineData("1__0", 1, 1, "'1__0' is neither a number nor a duration (5m, 1h30m, 250ms)")]
    [InlineData("foo ! bar", 1, 5, "unexpected character '!'")]
    [InlineData("foo = bar", 1, 5, "expected an operator or the end of the query, found '='")]
    [InlineData("foo\n  + # note\n  $", 3, 3, "unexpected character '$'")]
    [InlineData("`a\nb` + ?", 2, 6, "unexpected character '?'")]
    [InlineData("bool", 1, 1, "expected an expression, found 'bool'")]
    public void A_query_that_is_wrong_names_the_place_and_the_reason(string query, int line, int column, string reason)
    {
        var error = Assert.Throws<PromQLException>(() => Expr.Parse(query));
        Assert.Equal((line, column, reason), (error.Line, error.Column, error.Reason));
        Assert.Equal($"line {line}, column {column}: {reason}", error.Message);
        Assert.True(error.Error is PromQLError.Syntax or PromQLError.Type);
    }

    [Theory]
    [InlineData("histogram_avg(foo)", 1, 1, "the function histogram_avg() is not supported yet")]
    [InlineData("1 + info(foo)", 1, 5, "the function info() is not supported yet")]
    [InlineData("limitk(5, foo)", 1, 1, "the aggregation limitk() is not supported yet")]
    [InlineData("rate(foo[5m + 1m])", 1, 13, "arithmetic in a duration is not supported yet")]
    [InlineData("rate(foo[5m] smoothed)", 1, 14, "the modifier smoothed is not supported yet")]
    [InlineData("foo + on(a) fill(0) bar", 1, 13, "the modifier fill is not supported yet")]
    public void What_prometheus_knows_and_this_engine_does_not_says_so(string query, int line, int column, string reason)
    {
        var error = Assert.Throws<PromQLException>(() => Expr.Parse(query));
        Assert.Equal((PromQLError.Unsupported, line, column, reason), (error.Error, error.Line, error.Column, error.Reason));
    }

    [Theory]
    [InlineData("foo{a=~\"(\"}", 8)]
    [InlineData("foo{a=~\"(b)\\\\1\"}", 8)]
    [InlineData("foo{b=\"c\", a!~\"[\"}", 15)]
    public void A_pattern_that_is_no_regular_expression_is_refused_where_it_stands(string query, int column)
    {
        var error = Assert.Throws<PromQLException>(() => Expr.Parse(query));
        Assert.Equal((1, column), (error.Line, error.Column));
        Assert.StartsWith("this is no regular expression that can be used here: ", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_syntax_error_says_apart_what_was_expected_and_what_was_found()
    {
        var error = Assert.Throws<PromQLException>(() => Expr.Parse("foo{a=b}"));
        Assert.Equal(("a string", "'b'"), (error.Expected, error.Found));
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("abs(", ")")]
    [InlineData("-", "")]
    [InlineData("1 ^ ", "")]
    public void Nesting_without_end_is_refused_and_does_not_overflow_the_stack(string open, string close)
    {
        var query = string.Concat(Enumerable.Repeat(open, 100_000)) + "foo" + string.Concat(Enumerable.Repeat(close, 100_000));
        var error = Assert.Throws<PromQLException>(() => Expr.Parse(query));
        Assert.Equal("the query is nested deeper than 250 levels", error.Reason);
    }

    [Theory]
    [InlineData(" + 1")]
    [InlineData("[5m:1m]")]
    public void A_chain_without_end_is_refused_too(string link)
    {
        var error = Assert.Throws<PromQLException>(() => Expr.Parse("foo" + string.Concat(Enumerable.Repeat(link, 100_000))));
        Assert.Equal("the query has more than 1000 levels of operators", error.Reason);
    }
}
