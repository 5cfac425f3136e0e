using System.Globalization;
using Vigie.Agent.Checks;

namespace Vigie.Tests.Agent.Checks;

public sealed class NagiosOutputTests
{
    static CheckResult Parse(string output, int exitCode = 0, string errors = "") => NagiosOutput.Parse("it", exitCode, output, errors);

    static string Text(CheckValue v) => string.Create(CultureInfo.InvariantCulture, $"{v.Label}={v.Value:0.######} {v.Unit}{v.Suffix}")
        + Text(" warn", v.Warning) + Text(" crit", v.Critical) + (v.Min is { } min ? $" min {min}" : "") + (v.Max is { } max ? $" max {max}" : "");

    static string Text(string name, CheckRange? range) => range is null ? "" : $"{name} {(range.Inside ? "in " : "")}{range.Low}:{range.High}";

    static string Values(string perfdata) => string.Join(", ", Parse("OK | " + perfdata).Values.Select(Text));

    [Theory]
    [InlineData("load1=0.010;5.000;10.000;0;", "load1=0.01 Plain warn :5 crit :10 min 0")]
    [InlineData("/=5MiB;9;10;0;100", "/=5242880 Bytes warn :9437184 crit :10485760 min 0 max 104857600")]
    [InlineData("'a b''c'=1", "a b'c=1 Plain")]
    [InlineData("time=12ms;;;0 rta=3us", "time=0.012 Seconds min 0, rta=0.000003 Seconds")]
    [InlineData("use=85%;80;90", "use=0.85 Ratio warn :0.8 crit :0.9")]
    [InlineData("in=7c", "in=7 Counter")]
    [InlineData("t=21,5C", "t=21.5 PlainC")]
    [InlineData("v=-3;@10:20;~:5;", "v=-3 Plain warn in 10:20 crit :5")]
    [InlineData("v=1e3;5:", "v=1000 Plain warn 5:")]
    [InlineData("v=U;1;2 w=2", "w=2 Plain")]
    [InlineData("v=1KB", "v=1024 Bytes")]
    [InlineData("", "")]
    public void Numbers_are_read_with_units_ranges_and_limits(string perfdata, string expected) => Assert.Equal(expected, Values(perfdata));

    [Theory]
    [InlineData("nonsense a=1"), InlineData("a=1 =2"), InlineData("a=1 'b=2"), InlineData("a=1 b=x"), InlineData("a=1 a=2")]
    public void What_cannot_be_read_is_named_and_the_rest_goes_on(string perfdata)
    {
        var result = Parse("OK | " + perfdata);
        Assert.Equal("a=1 Plain", string.Join(", ", result.Values.Select(Text)));
        Assert.StartsWith("Values that could not be read: ", result.Details, StringComparison.Ordinal);
    }

    [Fact]
    public void More_lines_are_details_and_more_numbers()
    {
        var result = Parse("DISK OK - free | /=1MB\n/ is fine\n/home is fine | /home=2MB\n/var=3MB\n");
        Assert.Equal(("DISK OK - free", "/ is fine\n/home is fine"), (result.Text, result.Details));
        Assert.Equal(["/", "/home", "/var"], result.Values.Select(v => v.Label));
    }

    [Theory]
    [InlineData(0, CheckState.Ok), InlineData(1, CheckState.Warning), InlineData(2, CheckState.Critical), InlineData(3, CheckState.Unknown),
        InlineData(127, CheckState.Unknown), InlineData(137, CheckState.Unknown)]
    public void The_exit_code_is_the_state(int exitCode, CheckState state) => Assert.Equal(state, Parse("text", exitCode).State);

    [Fact]
    public void A_plugin_that_prints_nothing_is_told_by_its_error_text()
    {
        Assert.Equal("no such option", Parse("", 3, "no such option\nusage: …").Text);
        Assert.Equal("it printed nothing", Parse("").Text);
    }

    [Fact]
    public void Floods_are_bounded_and_control_signs_are_blanks()
    {
        var result = Parse("a\u001b[31mred" + new string('x', 5000) + " | " + string.Join(' ', Enumerable.Range(0, 1000).Select(i => $"v{i}=1")));
        Assert.StartsWith("a [31mred", result.Text, StringComparison.Ordinal);
        Assert.Equal((CheckText.LongestLine, Perfdata.MostValues), (result.Text.Length, result.Values.Count));
    }
}
