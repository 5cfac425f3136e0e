using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary>What the agent may weigh, which people look at before they put it on every server they have.</summary>
public sealed class AgentSizeTests
{
    const long Most = 8_000_000; // as packaging/build-agent.sh has it

    [Fact]
    public void The_program_is_no_larger_than_it_may_be()
    {
        PublishedAgent.Need();
        Assert.All(PublishedAgent.All, agent => Assert.InRange(new FileInfo(agent).Length, 1, Most));
    }

    [Fact]
    public async Task The_script_that_builds_it_holds_the_same_limit() => Assert.Contains($"most={Most} ",
        await File.ReadAllTextAsync(Repository.Path("packaging/build-agent.sh"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
}
