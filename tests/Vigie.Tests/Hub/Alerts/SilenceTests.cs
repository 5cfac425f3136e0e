using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Explaining;
using Vigie.Hub.Alerts.Silences;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

public sealed class SilenceTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static TimeSpan Minutes(double n) => TimeSpan.FromMinutes(n);

    static Task<long> AddAsync(AlertStage stage, string host, string rule, double minutes) =>
        stage.Hub.Get<SilenceStore>().AddAsync(host, rule, stage.Now, Minutes(minutes), "ada", "disk swap", Ct);

    [Fact]
    public async Task What_is_silenced_tells_nobody_and_what_still_fires_at_the_end_is_told_then()
    {
        await using var stage = await AlertStage.StartAsync();
        long id = await AddAsync(stage, "web*", "disk-*", 10);
        await stage.RunAsync(Minutes(5), "web1", Disk(1.0, "/srv"));
        Assert.Equal(AlertState.Firing, Assert.Single(stage.Open, a => a.Rule == "disk-full").State);
        Assert.Empty(stage.Smtp.Mails());
        var story = Assert.Single(stage.Hub.Get<Explanations>().Since(stage.Now - Minutes(60), "web1"), s => s.Alert.Rule == "disk-full");
        Assert.Contains(story.Lines, l => l.Text.StartsWith($"The silence {id} of ada held it back (disk swap)", StringComparison.Ordinal));

        await stage.RunAsync(Minutes(8), "web1", Disk(1.0, "/srv"));
        Assert.Contains("A disk is full", Assert.Single(stage.Smtp.Mails()).Subject!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ends_within_a_silence_is_never_told_nor_its_recovery()
    {
        await using var stage = await AlertStage.StartAsync();
        await AddAsync(stage, "*", "*", 60);
        await stage.RunAsync(Minutes(5), "web1", Disk(1.0, "/srv"));
        await stage.RunAsync(Minutes(5), "web1", Disk(0.5, "/srv"));
        Assert.Empty(stage.Open);
        Assert.Empty(stage.Smtp.Mails());
    }

    [Fact]
    public async Task A_silence_that_was_ended_or_is_about_others_holds_nothing_back()
    {
        await using var stage = await AlertStage.StartAsync();
        long id = await AddAsync(stage, "web1", "*", 60);
        await AddAsync(stage, "db?", "*", 60);
        await AddAsync(stage, "web1", "cpu-*", 60);
        Assert.True(await stage.Hub.Get<SilenceStore>().EndAsync(id, "ada", Ct));
        Assert.False(await stage.Hub.Get<SilenceStore>().EndAsync(id, "ada", Ct));
        await stage.RunAsync(Minutes(3), "web1", Disk(1.0, "/srv"));
        Assert.Single(stage.Smtp.Mails());
    }

    [Theory]
    [InlineData("", "*", 5), InlineData("*", "", 5), InlineData("*", "*", 0.5), InlineData("*", "*", 600_000)]
    public async Task What_makes_no_sense_is_refused(string host, string rule, double minutes)
    {
        await using var stage = await AlertStage.StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => AddAsync(stage, host, rule, minutes));
    }

    [Fact]
    public async Task A_silence_and_what_it_holds_back_survive_a_restart()
    {
        await using var stage = await AlertStage.StartAsync();
        await AddAsync(stage, "web1", "*", 20);
        await stage.RunAsync(Minutes(5), "web1", Disk(1.0, "/srv"));
        await stage.RestartAsync();
        await stage.RunAsync(Minutes(5), "web1", Disk(1.0, "/srv"));
        Assert.Empty(stage.Smtp.Mails());
        await stage.RunAsync(Minutes(15), "web1", Disk(1.0, "/srv"));
        Assert.Single(stage.Smtp.Mails());
    }

    [Fact]
    public async Task Once_it_fires_an_alert_goes_on_until_the_value_has_left_the_edge_behind()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(2), "web1", Disk(1.0, "/srv"));
        for (int i = 0; i < 5; i++)
        {
            await stage.RunAsync(Minutes(1), "web1", Disk(0.99, "/srv"));
            await stage.RunAsync(Minutes(1), "web1", Disk(1.0, "/srv"));
        }
        Assert.Single(stage.Smtp.Mails());
        await stage.RunAsync(Minutes(1), "web1", Disk(0.97, "/srv"));
        Assert.DoesNotContain(stage.Open, a => a.Rule == "disk-full");
    }

    [Fact]
    public async Task A_server_that_is_down_is_told_of_and_its_consequences_are_not_before_it_is_back()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.Hub.Get<Vigie.Hub.Heartbeats.Heartbeats>().EndedAsync("web1", "backup", 0, null, "", everySeconds: 3600, Ct);
        await stage.RunAsync(Minutes(5), "web1", Memory(0.1));
        await stage.RunAsync(Minutes(80), "web1");
        Assert.Contains(stage.Open, a => a is { Rule: "job-late", State: AlertState.Firing });
        Assert.Collection(stage.Smtp.Mails(),
            late => Assert.Contains("The server has stopped reporting", late.Subject!, StringComparison.Ordinal),
            inactive => Assert.Contains("The server is inactive", inactive.Subject!, StringComparison.Ordinal));
        var story = Assert.Single(stage.Hub.Get<Explanations>().Since(stage.Now - Minutes(300), "web1"), s => s.Alert.Rule == "job-late");
        Assert.Contains(story.Lines, l => l.Text.StartsWith("Its server had stopped reporting", StringComparison.Ordinal));

        await stage.RunAsync(Minutes(2), "web1", Memory(0.1));
        Assert.Contains(stage.Smtp.Mails(), m => m.Subject!.Contains("A job is late", StringComparison.Ordinal));
    }
}
