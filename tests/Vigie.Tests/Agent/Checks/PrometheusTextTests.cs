using System.Text;
using CsCheck;
using Vigie.Agent.Checks;

namespace Vigie.Tests.Agent.Checks;

public sealed class PrometheusTextTests
{
    static PrintedMetrics Parse(string text) => PrometheusText.Parse(Encoding.UTF8.GetBytes(text), "vigie_custom_it");

    static string[] Lines(string text) =>
        [.. Parse(text).Samples.Select(s => $"{s.Name}|{string.Join(',', s.Labels.Select(l => $"{l.Key}={l.Value}"))}|{s.Value}")];

    [Theory]
    [InlineData("42", 42.0)]
    [InlineData(" -1.5e3\r\n", -1500.0)]
    [InlineData("NaN\n", double.NaN)]
    [InlineData("+Inf", double.PositiveInfinity)]
    [InlineData("-Inf", double.NegativeInfinity)]
    public void One_bare_number_takes_the_files_name(string text, double value)
    {
        var sample = Assert.Single(Parse(text).Samples);
        Assert.Equal(("vigie_custom_it", value), (sample.Name, sample.Value));
    }

    [Fact]
    public void Lines_are_read_with_labels_escapes_and_comments() => Assert.Equal(
        ["a||1", "b_total|x=1,y=two words|2.5", @"c|path=C:\dir,q=say ""hi"",n=" + "\n|3", "d:sum||4", "e||5"],
        Lines("""
            # just a remark
            a 1
            # TYPE b_total counter
            b_total{x="1", y="two words"} 2.5
            c{path="C:\\dir",q="say \"hi\"",n="\n",} 3

            d:sum{} 4
              e	5
            """));

    [Fact]
    public void Help_and_type_describe_a_metric()
    {
        var printed = Parse("# HELP a What it\\nis.\n# TYPE a counter\n# TYPE b gauge\na 1\nb 2\n");
        Assert.Equal("What it is.", printed.Help["a"]);
        Assert.Equal(["a"], printed.Counters);
    }

    [Fact]
    public void Nothing_printed_is_nothing_measured() => Assert.Empty(Parse("\n").Samples);

    [Theory]
    [InlineData("a 1\nb\n", "line 2", "a blank and a value", "nothing")]
    [InlineData("a one", "line 1", "a number", "\"one\"")]
    [InlineData("a 1 1700000000000", "line 1", "leave timestamps out", "\"1700000000000\"")]
    [InlineData("a{x=1} 1", "line 1", "the sign \"", "\"1} 1\"")]
    [InlineData("a{x=\"1} 1", "line 1", "a closing quotation mark", "nothing")]
    [InlineData("a{x=\"1\" y=\"2\"} 1", "line 1", "the sign ,", "y=")]
    [InlineData("a{1x=\"1\"} 1", "line 1", "a label's name", "1x=")]
    [InlineData("OK - all is well", "line 1", "a number as the value", "\"-\"")]
    [InlineData("a{x=\"1\",x=\"2\"} 1", "line 1", "label x", "twice")]
    [InlineData("a-b 1", "line 1", "a blank", "-b 1")]
    [InlineData("<html>", "line 1", "a metric's name", "<html>")]
    [InlineData("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 1", "line 2", "a second time", "once")]
    [InlineData("a 0x10", "line 1", "a number", "0x10")]
    [InlineData("a infinity", "line 1", "a number", "infinity")]
    public void A_bad_line_refuses_the_whole_and_names_place_and_remedy(string text, params string[] said)
    {
        var message = Assert.Throws<FormatException>(() => Parse(text)).Message;
        Assert.All(said, part => Assert.Contains(part, message));
    }

    [Fact]
    public void Binary_output_is_refused()
    {
        Assert.Contains("0x00 at position 2", Assert.Throws<FormatException>(() => PrometheusText.Parse([65, 66, 0, 1], "it")).Message);
        Assert.Contains("UTF-8", Assert.Throws<FormatException>(() => PrometheusText.Parse([65, 0xff, 66], "it")).Message);
    }

    [Fact]
    public void A_flood_of_series_is_refused() =>
        Assert.Contains("line 10001",
            Assert.Throws<FormatException>(() => Parse(string.Concat(Enumerable.Range(0, 10_001).Select(i => $"a{i} 1\n")))).Message);

    [Fact]
    public void Whatever_comes_is_read_or_refused_by_a_typed_error() =>
        Gen.OneOf(Gen.Byte.Array[0, 80], Gen.String["a{}=\"\\,1 \n#.e+"].Select(s => Encoding.UTF8.GetBytes(s))).Sample(bytes =>
        {
            try
            {
                PrometheusText.Parse(bytes, "it");
            }
            catch (FormatException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }, iter: 2000);
}
