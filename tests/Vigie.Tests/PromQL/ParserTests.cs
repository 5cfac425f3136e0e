using CsCheck;
using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Parsing;

namespace Vigie.Tests.PromQL;

public sealed class ParserTests
{
    [Theory]
    [InlineData("1+2*3", "1 + 2 * 3")]
    [InlineData("foo{}", "foo")]
    [InlineData("{__name__=\"foo\",a='b'}", "foo{a=\"b\"}")]
    [InlineData("{\"foo\", a!=\"b\",}", "foo{a!=\"b\"}")]
    [InlineData("{\"utf-8 näme\", \"a label\"=~\"x|y\", c!~`d\\d`}", "{\"utf-8 näme\", \"a label\"=~\"x|y\", c!~\"d\\\\d\"}")]
    [InlineData("{\"sum\"}", "{\"sum\"}")]
    [InlineData("job:foo:rate5m", "job:foo:rate5m")]
    [InlineData("foo[90m] OFFSET -1w", "foo[1h30m] offset -1w")]
    [InlineData("foo[300] offset 1.5", "foo[5m] offset 1s500ms")]
    [InlineData("foo offset 1d @ 10.5", "foo @ 10.5 offset 1d")]
    [InlineData("foo @ end()", "foo @ end()")]
    [InlineData("rate(foo[5m])[1h:] @ start()", "rate(foo[5m])[1h:] @ start()")]
    [InlineData("rate(foo[5m])[1h:30s]offset 5m", "rate(foo[5m])[1h:30s] offset 5m")]
    [InlineData("SUM(foo)BY(a,\"b c\")", "sum by (a, \"b c\") (foo)")]
    [InlineData("sum without()(foo)", "sum without () (foo)")]
    [InlineData("topk by (a) (5, foo)", "topk by (a) (5, foo)")]
    [InlineData("a * ON (x, y) GROUP_LEFT (z) b", "a * on (x, y) group_left (z) b")]
    [InlineData("a / ignoring(x) group_right b", "a / ignoring (x) group_right () b")]
    [InlineData("a + ignoring() b", "a + b")]
    [InlineData("a + on() b", "a + on () b")]
    [InlineData("a > BOOL 1", "a > bool 1")]
    [InlineData("a AND b Or c unLess d", "a and b or c unless d")]
    [InlineData("- 1", "-1")]
    [InlineData("-(1)", "-(1)")]
    [InlineData("---foo", "---foo")]
    [InlineData("0x1F + 1_000 + .5 + 5. + 1e3 + 1E-3 + 010 + 08 + INF + nAn", "31 + 1000 + 0.5 + 5 + 1000 + 0.001 + 8 + 8 + Inf + NaN")]
    [InlineData("1h30m + 250ms", "5400 + 0.25")]
    [InlineData("'\\x41\\101\\u00e9\\U0001F600\\n\\'\"'", "\"AAé😀\\n'\\\"\"")]
    [InlineData("foo # the rest is a comment\n + 1", "foo + 1")]
    [InlineData("label_replace(a,\"b\",`$1`,'c',\"(.*)\")", "label_replace(a, \"b\", \"$1\", \"c\", \"(.*)\")")]
    [InlineData("sum + avg", null)]
    [InlineData("on_call{and=\"1\", bool=\"2\", sum=\"3\"}", "on_call{and=\"1\", bool=\"2\", sum=\"3\"}")]
    public void A_query_prints_in_one_spelling_that_parses_to_the_same(string query, string? canonical)
    {
        var printed = Expr.Parse(query).ToString();
        Assert.Equal(canonical ?? "{\"sum\"} + {\"avg\"}", printed);
        Assert.Equal(printed, Expr.Parse(printed).ToString());
    }

    [Theory]
    [InlineData("2 ^ 3 ^ 2", "(2 ^ (3 ^ 2))")]
    [InlineData("-2 ^ 2", "-(2 ^ 2)")]
    [InlineData("2 ^ -1 * 3", "((2 ^ -1) * 3)")]
    [InlineData("-foo * 2", "(-foo * 2)")]
    [InlineData("1 - 2 - 3", "((1 - 2) - 3)")]
    [InlineData("1 + 2 * 3 % 4", "(1 + ((2 * 3) % 4))")]
    [InlineData("8 atan2 4 / 2", "((8 atan2 4) / 2)")]
    [InlineData("a or b and c unless d", "(a or ((b and c) unless d))")]
    [InlineData("a > b + c and d", "((a > (b + c)) and d)")]
    [InlineData("a == b != c", "((a == b) != c)")]
    [InlineData("-foo offset 5m", "-foo offset 5m")]
    public void Operators_bind_as_in_prometheus(string query, string grouped) => Assert.Equal(grouped, Grouped(Expr.Parse(query)));

    [Fact]
    public void Any_text_parses_or_gives_one_located_error()
    {
        string[] words =
        [
            "foo", "sum", "by", "(", ")", "{", "}", "[", "]", "5m", "1", ":", ",", "a=", "\"x\"", "=~", "+", "-", "^", "and", "on",
            "group_left", "offset", "@", "bool", ">", "rate", "#", "\n", "'", "`", "\\", "0x", "1e", "inf",
            "start", "\u00e9", "\ud800", "topk", "5", " ",
        ];
        var soup = OneOf(words).Array[0, 40].Select(w => string.Join(' ', w));
        var noise = Gen.String[0, 60];
        Gen.OneOf(soup, noise).Sample(text =>
        {
            try
            {
                var printed = Expr.Parse(text).ToString();
                Assert.Equal(printed, Expr.Parse(printed).ToString());
            }
            catch (PromQLException e)
            {
                Assert.InRange(e.At.Offset, 0, text.Length);
                Assert.InRange(e.Line, 1, 1 + text.Count(c => c == '\n'));
                Assert.True(e.Column >= 1);
                Assert.NotEmpty(e.Reason);
            }
        }, iter: 20_000);
    }

    [Fact]
    public void Generated_queries_survive_printing_and_parsing() => Query(4).Sample(query =>
    {
        var expr = Expr.Parse(query);
        Assert.Equal(Grouped(expr), Grouped(Expr.Parse(expr.ToString())));
    }, iter: 3_000);

    [Theory]
    [InlineData(1e21, "1000000000000000000000")]
    [InlineData(1.5e-7, "0.00000015")]
    [InlineData(-12.25, "-12.25")]
    [InlineData(-1.25e17, "-125000000000000000")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void A_plain_number_has_no_exponent(double value, string plain) => Assert.Equal(plain, Numbers.PrintPlain(value));

    [Theory]
    [InlineData("1y1w", 372L * 86_400_000)]
    [InlineData("1d2h3m4s5ms", 93_784_005L)]
    public void A_duration_reads_and_prints(string text, long ms)
    {
        Assert.True(Durations.TryParse(text, out long read));
        Assert.Equal(ms, read);
        Assert.True(Durations.TryParse(Durations.Print(ms), out long again));
        Assert.Equal(ms, again);
    }

    /// <summary>Text of an instant vector.</summary>
    static Gen<string> Query(int depth)
    {
        var selector = OneOf("foo", "bar{a=\"b\"}", "{x=~\"y.*\"}", "foo offset 5m", "foo @ 10", "{\"a b\", c!=\"\"}");
        if (depth == 0)
            return selector;
        var inner = Query(depth - 1);
        return Gen.OneOf(
            selector,
            inner.Select(e => $"-{e}"),
            inner.Select(e => $"({e})"),
            inner.Select(e => $"sum by (a) ({e})"),
            inner.Select(e => $"max_over_time(({e})[1h:5m])"),
            Gen.Select(inner, OneOf("+", "-", "*", "/", "%", "^", "==", "> bool", "and", "or", "unless", "* on (a) group_left (b)"), inner)
                .Select((left, op, right) => $"{left} {op} {right}"),
            Gen.Select(Gen.Double[-1e9, 1e9], inner).Select((number, e) => $"({Numbers.Print(number)} * {e})"));
    }

    static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    /// <summary>The tree with a pair of parentheses around each operator.</summary>
    static string Grouped(Expr expr) => expr switch
    {
        Binary b => $"({Grouped(b.Left)} {b.Operator.Text}{(b.ReturnsBool ? " bool" : "")} {Grouped(b.Right)})",
        Unary u => $"{(u.Negates ? '-' : '+')}{Grouped(u.Operand)}",
        Paren p => $"[{Grouped(p.Inner)}]",
        Call c => $"{c.Function}({string.Join(", ", c.Arguments.Select(Grouped))})",
        Subquery s => $"{Grouped(s.Inner)}[{s.RangeMs}:{s.StepMs}]",
        Aggregation a => $"{a.Operator}({Grouped(a.Operand)})",
        _ => expr.ToString(),
    };

    [Theory]
    [InlineData("a + on (x) sum by (x) (rate(b{y=\"1\"}[5m] offset 1m)) * 2",
        "a{host=\"h\"} + on (x) sum by (x) (rate(b{y=\"1\", host=\"h\"}[5m] offset 1m)) * 2")]
    [InlineData("topk(scalar(c), -(max_over_time((a or b)[1h:5m])))",
        "topk(scalar(c{host=\"h\"}), -(max_over_time((a{host=\"h\"} or b{host=\"h\"})[1h:5m])))")]
    [InlineData("time() - 1", "time() - 1")]
    public void Every_selector_of_a_query_can_be_bound_to_one_host(string query, string expected)
    {
        var matcher = new LabelMatcher("host", MatchKind.Equal, "h");
        Assert.Equal(expected, Expr.Parse(query).Rewrite(s => s with { Matchers = [.. s.Matchers, matcher] }).ToString());
    }
}
