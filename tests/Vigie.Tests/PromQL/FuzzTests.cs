using System.Text;
using CsCheck;
using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.PromQL.Ast;
using Vigie.PromQL.Testing;
using Vigie.Tests.Support;

namespace Vigie.Tests.PromQL;

/// <summary>Whatever the bytes: a query, or one error with its place; and a query is answered or refused, never broken.</summary>
public sealed class FuzzTests
{
    static readonly string[] Scraps =
    [
        "sum", "by", "(", ")", "{", "}", "[", "]", "5m", ":", "@", "offset", "-", "1e9", "0x1f", "\"a\"", "'", "`", "=~", "!~", "==", "bool", "on",
        "group_left", "unless", "and", "inf", "NaN", "start()", "end()", ",", "#", "\n", "\\x", "\ud800", "é", "\0", "999999999999y", "1_0",
        "topk(", "count_values(", "label_replace(", "heat", "level[1h:1s]", "histogram_quantile(0.5, ", "quantile_over_time(", "(?i)", "a{9999}",
        ".*.*.*.*", "limitk", "absent_over_time(",
    ];

    static readonly Gen<string> Scrap = Gen.Int[0, Scraps.Length - 1].Select(i => Scraps[i]);

    static readonly Gen<string> Bytes = Gen.Byte.Array[0, 60].Select(b => Encoding.Latin1.GetString(b));

    static readonly Gen<string> Words = Scrap.Array[1, 14].Select(w => string.Join(' ', w));

    /// <summary>A good query in which a piece is gone, doubled, or replaced.</summary>
    static readonly Gen<string> Mutants = Gen.Select(Gen.Int[0, 100_000], Gen.Double[0, 1], Gen.Double[0, 1], Scrap, Gen.Int[0, 2])
        .Select((seed, from, length, scrap, how) =>
        {
            string query = new QueryGenerator(new Random(seed)).Next();
            int start = (int)(from * query.Length), end = Math.Min(query.Length, start + (int)(length * 8));
            return query[..start] + how switch { 0 => "", 1 => query[start..end] + query[start..end], _ => scrap } + query[end..];
        });

    static readonly Gen<string> Any = Gen.OneOf(Bytes, Words, Mutants, Mutants);

    [Fact]
    public void Any_text_is_a_query_or_one_error_with_its_place() => Any.Sample(text =>
    {
        try
        {
            string printed = Expr.Parse(text).ToString();
            Assert.Equal(printed, Expr.Parse(printed).ToString());
        }
        catch (PromQLException e)
        {
            int lines = text.Count(c => c == '\n') + 1;
            Assert.True(e.Line >= 1 && e.Line <= lines && e.Column >= 1 && e.At.Offset <= text.Length, $"{text}: {e.Message}");
        }
    }, iter: 20_000);

    [Fact]
    public void Any_query_is_answered_or_refused()
    {
        var series = new MemorySeries();
        foreach (var one in QuerySamples.Of(0).Where(s => s.Labels.Contains(("host", "h1"))))
            foreach (var (time, value) in one.Samples.Take(60))
                series.Add(Labels.From(one.Labels.Select(l => new Label(l.Item1, l.Item2))), time, value);
        var engine = new QueryEngine(series, new() { MaxSamples = 2_000_000 });
        Any.Sample(text =>
        {
            try
            {
                var expr = Expr.Parse(text);
                engine.InstantAsync(expr, 600_000).AsTask().GetAwaiter().GetResult();
                engine.RangeAsync(expr, 0, 900_000, 60_000).AsTask().GetAwaiter().GetResult();
            }
            catch (PromQLException e)
            {
                Assert.NotEqual(PromQLError.Timeout, e.Error);
            }
        }, iter: 3_000);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("(a|")]
    [InlineData("[")]
    [InlineData("a{1000}")]
    [InlineData("\\\\p{L}")]
    public void A_pattern_without_end_is_refused_or_taken_in_bounded_time(string piece)
    {
        try
        {
            Expr.Parse($"a{{b=~\"{string.Concat(Enumerable.Repeat(piece, 20_000))}\"}}");
        }
        catch (PromQLException e)
        {
            Assert.Equal((1, 6), (e.Line, e.Column));
        }
    }
}
