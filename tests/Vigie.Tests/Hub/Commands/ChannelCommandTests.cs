using System.Text.Json;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Commands;

public sealed class ChannelCommandTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_channel_is_listed_tested_and_its_deliveries_are_shown_and_nowhere_its_secret()
    {
        await using var server = await ReplyServer.StartAsync();
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        Assert.Contains("No channel is configured", await Cli.OkAsync(folder.Path, "channel", "list"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder["config.json"],
            """{"Channels":{"ops":{"Kind":"slack","Url":"ADDRESS/services/s3cret"}}}""".Replace("ADDRESS", server.Address, StringComparison.Ordinal), Ct);
        server.Reply = _ => (200, "ok");
        Assert.Equal("ops has taken the test: 200 ok\n", (await Cli.OkAsync(folder.Path, "channel", "test", "ops")).ReplaceLineEndings("\n"));
        server.Reply = r => (403, r.Target);
        await Cli.FailsAsync(folder.Path, "ops has not taken the test: 127.0.0.1:", "channel", "test", "ops");
        await Cli.FailsAsync(folder.Path, "there is no channel \"night\"", "channel", "test", "night");
        string list = await Cli.OkAsync(folder.Path, "channel", "list", "--json"), log = await Cli.OkAsync(folder.Path, "channel", "log", "--json");
        using var channels = JsonDocument.Parse(list);
        Assert.Equal("slack", Assert.Single(channels.RootElement.EnumerateArray()).GetProperty("kind").GetString());
        using var attempts = JsonDocument.Parse(log);
        Assert.Equal(["retry", "sent"], attempts.RootElement.EnumerateArray().Select(a => a.GetProperty("outcome").GetString()));
        Assert.DoesNotContain("s3cret", list + log + await Cli.OkAsync(folder.Path, "channel", "log"), StringComparison.Ordinal);
        Assert.Contains("pagerduty", await Cli.OkAsync(folder.Path, "channel", "kinds"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_says_what_it_can_and_what_it_can_t()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        Assert.Contains("Nothing was to be told: no alert in the last 1d.", await Cli.OkAsync(folder.Path, "explain"), StringComparison.Ordinal);
        await Cli.FailsAsync(folder.Path, "there is no alert 7", "explain", "7");
        await Cli.FailsAsync(folder.Path, "neither an alert's number nor a host", "explain", "web1");
        await Cli.FailsAsync(folder.Path, "write a duration such as 2h or 7d", "explain", "--since", "soon");
    }
}
