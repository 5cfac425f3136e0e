using Vigie.Agent.Checks;

namespace Vigie.Tests.Agent.Checks;

public sealed class CheckmkOutputTests
{
    static List<CheckResult> Parse(string output) => CheckmkOutput.Parse("local/it", output);

    static CheckResult One(string line) => Assert.Single(Parse(line));

    [Fact]
    public void A_line_is_a_service()
    {
        var results = Parse("0 \"My service\" count=73;80;90;0;100 All is well\n2 Plain - Broken\\nin two places\n");
        Assert.Equal([("My service", CheckState.Ok, "All is well", ""), ("Plain", CheckState.Critical, "Broken", "in two places")],
            results.Select(r => (r.Name, r.State, r.Text, r.Details)));
        Assert.Equal([new("count", 73, Warning: new(null, 80), Critical: new(null, 90), Min: 0, Max: 100)], results[0].Values);
    }

    [Theory]
    [InlineData("v=79;80;90", CheckState.Ok), InlineData("v=80;80;90", CheckState.Warning), InlineData("v=90;80;90", CheckState.Critical),
        InlineData("v=5;10:80;2:90", CheckState.Warning), InlineData("v=1;10:80;2:90", CheckState.Critical),
        InlineData("v=10;10:80;2:90", CheckState.Ok), InlineData("a=1;5;9|b=9;5;9", CheckState.Critical), InlineData("v=1", CheckState.Ok),
        InlineData("-", CheckState.Ok)]
    public void P_computes_the_state_from_the_levels(string metrics, CheckState state) => Assert.Equal(state, One($"P it {metrics} text").State);

    [Fact]
    public void What_the_agent_kept_is_read_like_the_rest() => Assert.Equal("Backup", One("cached(1700000000,60) 1 Backup - old").Name);

    [Fact]
    public void Lines_that_cannot_be_read_become_a_result_of_their_own()
    {
        var results = Parse("0 good - fine\nhello\n4 a - b\n0 \"open - x\n1 v=x v=x bad\n");
        Assert.Equal(["good", "local/it"], results.Select(r => r.Name));
        Assert.Equal(CheckState.Unknown, results[1].State);
        Assert.Contains("line 2: STATUS \"NAME\" METRICS TEXT was expected, found \"hello\"", results[1].Text, StringComparison.Ordinal);
        Assert.Equal(3, results[1].Details.Split('\n').Length);
    }

    [Fact]
    public void A_flood_of_services_ends() =>
        Assert.Equal(CheckmkOutput.MostServices + 1, Parse(string.Concat(Enumerable.Range(0, 2000).Select(i => $"0 s{i} - x\n"))).Count);
}
