using Vigie.Agent.Checks;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Checks;

/// <summary>Runs checks as they stand in a file.</summary>
static class CheckLine
{
    public static async Task<CheckOutcome> RunAsync(string line, TimeProvider? time = null)
    {
        var errors = new List<string>();
        var context = new CheckContext(new HostRoot("/nonexistent/vigie"), time ?? TimeProvider.System, (_, _) => { });
        var sources = CheckFile.Parse("it " + line, "checks.conf", context, new Dictionary<string, ICheckSource>(), errors);
        Assert.Empty(errors);
        return await Assert.Single(Assert.Single(sources.Values).Current).RunAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<CheckResult> ResultAsync(string line, TimeProvider? time = null) => Assert.Single((await RunAsync(line, time)).Results);
}
