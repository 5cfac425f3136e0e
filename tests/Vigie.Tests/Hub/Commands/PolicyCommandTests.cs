using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Commands;

/// <summary>A policy is put in force, told of and printed.</summary>
public sealed class PolicyCommandTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_policy_is_applied_with_its_changes_first_and_comes_back_as_it_was()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        Assert.Contains("None is in force yet", await Cli.OkAsync(folder.Path, "export", "policy"), StringComparison.Ordinal);
        string file = folder["policy.yaml"];
        const string Text = "# ours\nwindows:\n  - {name: patches, weekly: 'tue 22:00-23:30'}\n";
        await File.WriteAllTextAsync(file, Text, Ct);
        Assert.Contains("dry run", await Cli.OkAsync(folder.Path, "apply", "-f", file, "--dry-run"), StringComparison.Ordinal);
        Assert.Contains("None is in force yet", await Cli.OkAsync(folder.Path, "export", "policy"), StringComparison.Ordinal);
        string applied = await Cli.OkAsync(folder.Path, "apply", "-f", file);
        Assert.Contains("patches", applied, StringComparison.Ordinal);
        Assert.Contains("Nothing changes.", await Cli.OkAsync(folder.Path, "apply", "-f", file), StringComparison.Ordinal);
        Assert.Equal(Text, await Cli.OkAsync(folder.Path, "export", "policy"));

        await File.WriteAllTextAsync(file, "routes: [{name: r, channels: [pager]}]\ncolour: red\n", Ct);
        await Cli.FailsAsync(folder.Path, "line 1: there is no channel \"pager\"; there is none: set Mail or Channels", "apply", "-f", file);
        await Cli.FailsAsync(folder.Path, "no field \"colour\"", "apply", "-f", file);
        Assert.Equal(Text, await Cli.OkAsync(folder.Path, "export", "policy"));
        await Cli.FailsAsync(folder.Path, "does not exist", "apply", "-f", folder["nothing"]);
    }

    [Fact]
    public async Task Incidents_are_listed_and_what_is_not_there_is_said()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        Assert.Contains("No incident.", await Cli.OkAsync(folder.Path, "incidents", "list"), StringComparison.Ordinal);
        await Cli.FailsAsync(folder.Path, "there is no incident 7", "incidents", "ack", "7");
        await Cli.FailsAsync(folder.Path, "\"soon\" is no time", "incidents", "ack", "7", "--for", "soon");
    }
}
