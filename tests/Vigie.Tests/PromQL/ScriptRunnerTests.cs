using Vigie.Core.Metrics;
using Vigie.PromQL.Testing;

namespace Vigie.Tests.PromQL;

public sealed class ScriptRunnerTests
{
    [Theory]
    [InlineData("eval instant at 1m m\n  m 2", "expected m 2\n  got m 1")]
    [InlineData("eval instant at 1m m\n  m 1.00001", "expected m 1.00001\n  got m 1")]
    [InlineData("eval instant at 1m m", "expected nothing\n  got m 1")]
    [InlineData("eval instant at 1m m\n  n 1", "expected n 1\n  got m 1")]
    [InlineData("eval instant at 1m 1\n  2", "expected 2\n  got 1")]
    [InlineData("eval instant at 1m 'a'\n  expect string 'b'", "expected \"b\"\n  got \"a\"")]
    [InlineData("eval instant at 1m nothing\n  m 1", "expected m 1\n  got nothing")]
    [InlineData("eval instant at 1m m\n  expect fail", "expected a failure\n  got m 1")]
    [InlineData("eval_fail instant at 1m m", "expected a failure\n  got m 1")]
    [InlineData("eval instant at 1m m +\n  m 1", "expected m 1\n  got line 1, column 4: ")]
    [InlineData("eval instant at 1m m +\n  expect fail msg: other", "expected a failure that says: other\n  got expected a number")]
    [InlineData("eval instant at 1m rate(m[2m])\n  expect no_info\n  {} 0", "expected no_info\n  got PromQL info: metric might not be")]
    [InlineData("eval instant at 1m m\n  expect warn\n  m 1", "expected warn\n  got none")]
    [InlineData("eval range from 0 to 2m step 1m m\n  m 1 1", "expected m 1 1\n  got m 1@0 1@60 1@120")]
    [InlineData("eval range from 0 to 1m step 1m m\n  m 1 1 1", "expected m 1 1 1\n  got m 1@0 1@60")]
    [InlineData("eval range from 0 to 1m step 1m m\n  m 1 _", "expected m 1 _\n  got m 1@0 1@60")]
    [InlineData("load 1m\n  x{a='1'} 1\n  x{a='2'} 2\neval_ordered instant at 0 sort(x)\n  x{a='2'} 2\n  x{a='1'} 1",
        "expected x{a=\"2\"} 2; x{a=\"1\"} 1")]
    public async Task A_wrong_expectation_is_a_failure_with_expected_and_got(string eval, string told)
    {
        var report = await ScriptRunner.RunAsync("own", "load 1m\n  m 1x5\n" + eval);
        Assert.Equal(0, report.Passed);
        Assert.Contains(told, Assert.Single(report.Failures).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_supported_is_counted_apart()
    {
        var report = await ScriptRunner.RunAsync("own", "eval instant at 0 info(m)\neval instant at 0 1\n  1");
        Assert.Equal((1, 0), (report.Passed, report.Failures.Count));
        Assert.Equal("info(m)", Assert.Single(report.Unsupported).Query);
    }

    [Theory]
    [InlineData("frobnicate", "line 1: expected clear, load STEP or eval, found 'frobnicate'")]
    [InlineData("load 1m\n  m 1 q", "line 2: expected a point such as 1, _, stale or 0+10x5, found 'q'")]
    [InlineData("load 1m\n  m {{schema:1}}", "line 2: '{{schema:1}}' is a native histogram, which is not supported yet")]
    [InlineData("load soon", "line 1: expected a time such as 0, 90s or 1h30m, found 'soon'")]
    [InlineData("  m 1", "line 1: an indented line needs a command above it")]
    [InlineData("clear\n  m 1", "line 2: 'clear' takes no lines, found 'm 1'")]
    [InlineData("eval sometimes 1", "line 1: expected 'instant at TIME QUERY' or 'range from A to B step S QUERY'")]
    [InlineData("eval instant at 0 1\n  expect joy", "line 2: unknown expectation 'joy'")]
    public async Task A_line_that_cannot_be_read_is_named(string script, string message)
    {
        var error = await Assert.ThrowsAsync<FormatException>(async () => await ScriptRunner.RunAsync("own", script));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Points_are_written_as_values_slopes_repeats_and_gaps() => Assert.Equal(
        [1, null, 2, 4, 6, 9, 6, 7, 7, null, null, double.NegativeInfinity, -1.5e3],
        PointNotation.Parse("1 _ 2+2x2 9-3x1 7x1 _x2 -Inf -1.5e3"));

    [Fact]
    public void Stale_is_the_stale_marker() => Assert.True(StaleMarker.Is(PointNotation.Parse("stale")[0]!.Value));
}
