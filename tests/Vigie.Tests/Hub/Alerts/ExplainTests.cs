using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Explaining;
using Vigie.Storage;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

/// <summary>Why a message was or wasn't sent.</summary>
public sealed class ExplainTests
{
    static string Text(AlertStory story) => string.Join('\n', story.Lines.Select(l => l.Text));

    static IReadOnlyList<AlertStory> Stories(AlertStage stage, string? host = null) =>
        stage.Hub.Get<Explanations>().Since(stage.Now - TimeSpan.FromDays(1), host);

    [Fact]
    public async Task A_story_is_told_from_the_rule_to_what_the_mail_server_has_answered()
    {
        await using var stage = await AlertStage.StartAsync();
        stage.Smtp.Answer("451 4.3.0 come back later");
        await stage.RunAsync(TimeSpan.FromMinutes(10), "db1", Disk(1.0));
        string waiting = Text(Stories(stage).Single(s => s.Alert.Rule == "disk-full"));
        Assert.Contains("The rule disk-full began to hold", waiting, StringComparison.Ordinal);
        Assert.Contains("A message was put for mail.", waiting, StringComparison.Ordinal);
        Assert.Contains("mail did not take it (try 1): ", waiting, StringComparison.Ordinal);
        Assert.Contains("It is tried again at ", waiting, StringComparison.Ordinal);
        stage.Smtp.Answer(null);
        await stage.RunAsync(TimeSpan.FromMinutes(20), "db1", Disk(1.0));
        await stage.RunAsync(TimeSpan.FromMinutes(10), "db1", Disk(0.2));
        string over = Text(Stories(stage, "db1").Single(s => s.Alert.Rule == "disk-full"));
        Assert.Contains("mail took it after ", over, StringComparison.Ordinal);
        Assert.Contains("It ended after ", over, StringComparison.Ordinal);
        Assert.Contains("A message about its end was put for mail.", over, StringComparison.Ordinal);
        Assert.Empty(Stories(stage, "elsewhere"));
    }

    [Fact]
    public async Task An_alert_that_told_nobody_says_why()
    {
        await using var stage = await AlertStage.StartAsync(o => o with { Mail = new() });
        await stage.RunAsync(TimeSpan.FromMinutes(2), "db1", Disk(1.0));
        var story = Stories(stage).Single(s => s.Alert.Rule == "disk-full");
        Assert.Contains("No message was put into the outbox: no channel is configured.", Text(story), StringComparison.Ordinal);
        Assert.Equal(story.Lines, stage.Hub.Get<Explanations>().Of(story.Alert.Id)!.Lines);
        Assert.Null(stage.Hub.Get<Explanations>().Of(999));
    }

    [Fact]
    public async Task A_pending_alert_says_how_long_it_must_hold()
    {
        await using var stage = await AlertStage.StartAsync();
        long began = stage.Now.AddMinutes(-1).ToUnixTimeMilliseconds();
        await stage.Hub.Get<Database>().WriteAsync((connection, transaction) => AlertStore.Begin(connection, transaction,
            new(0, "cpu-high", Labels.Of("x", ("host", "web1")), Severity.Critical, AlertState.Pending, began, null, null, 0.95, 0.9)),
            TestContext.Current.CancellationToken);
        Assert.Contains("It has held for 60\u00a0s and tells nobody before it has held for", Text(Assert.Single(Stories(stage))), StringComparison.Ordinal);
    }
}
