using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Explaining;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Ingest;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

/// <summary>Which alerts are one message, when it is repeated, and who stops it. On injected time, with a real mail server.</summary>
public sealed class IncidentTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static TimeSpan Minutes(double n) => TimeSpan.FromMinutes(n);

    static TimeSpan Seconds(double n) => TimeSpan.FromSeconds(n);

    static Task<AlertStage> WaitingAsync() => AlertStage.StartAsync(o => o with { Incidents = new() });

    static async Task RoundAsync(AlertStage stage, TimeSpan later)
    {
        stage.Time.Advance(later);
        await stage.RoundAsync();
    }

    static string[] Subjects(AlertStage stage) => [.. stage.Smtp.Mails().Select(m => m.Subject!.Replace('\u00a0', ' '))];

    static IReadOnlyList<Incident> Open(AlertStage stage) => stage.Hub.Get<IncidentStore>().Open();

    [Fact]
    public async Task A_critical_alert_waits_five_seconds_and_a_warning_thirty()
    {
        await using var stage = await WaitingAsync();
        await stage.ReportAsync("db1", Disk(1.0));
        await RoundAsync(stage, Seconds(1));
        Assert.Empty(stage.Smtp.Mails());
        await RoundAsync(stage, Seconds(5));
        Assert.Equal("[CRITICAL] db1: A disk is full (/) 100 %", Assert.Single(Subjects(stage)));

        for (int minute = 0; minute < 6; minute++)
        {
            await stage.ReportAsync("web1", Disk(0.9));
            await stage.ReportAsync("db1", Disk(1.0));
            await RoundAsync(stage, Minutes(1));
        }
        Assert.Single(stage.Smtp.Mails());
        await RoundAsync(stage, Seconds(30));
        Assert.Equal("[WARNING] web1: A disk is filling up (/) 90 %", Subjects(stage)[1]);
    }

    [Fact]
    public async Task What_ends_while_it_waits_is_never_told()
    {
        await using var stage = await WaitingAsync();
        await stage.ReportAsync("db1", Disk(1.0));
        await RoundAsync(stage, Seconds(1));
        await stage.ReportAsync("db1", Disk(0.5));
        await RoundAsync(stage, Seconds(5));
        await RoundAsync(stage, Minutes(5));
        Assert.Empty(stage.Smtp.Mails());
        Assert.Empty(Open(stage));
    }

    [Fact]
    public async Task Faults_of_one_server_are_one_message_and_newcomers_an_update_after_five_minutes()
    {
        await using var stage = await WaitingAsync();
        await stage.RunAsync(Minutes(2), "web1", Disk(1.0, "/srv"), Memory(0.999));
        var first = Assert.Single(stage.Smtp.Mails());
        Assert.Equal("[CRITICAL] web1: A disk is full (/srv) 100 % +1", first.Subject!.Replace('\u00a0', ' '));
        Assert.Contains("The memory is full", first.TextBody!, StringComparison.Ordinal);

        await stage.RunAsync(Minutes(1), "web1", Disk(1.0, "/srv"), Disk(1.0, "/var"), Memory(0.999));
        Assert.Single(stage.Smtp.Mails());
        await stage.RunAsync(Minutes(5), "web1", Disk(1.0, "/srv"), Disk(1.0, "/var"), Memory(0.999));
        var update = stage.Smtp.Mails()[1];
        Assert.Contains("More has come to it.", update.TextBody!, StringComparison.Ordinal);
        Assert.Contains("(/var)", update.TextBody!, StringComparison.Ordinal);
        Assert.Equal(first.MessageId, update.InReplyTo);

        await stage.RunAsync(Minutes(2), "web1", Disk(0.5, "/srv"), Disk(1.0, "/var"), Memory(0.5));
        Assert.Equal(2, stage.Smtp.Mails().Count); // two of three are over: no mail before all are
        await stage.RunAsync(Minutes(2), "web1", Disk(0.5, "/srv"), Disk(0.5, "/var"), Memory(0.5));
        Assert.StartsWith("[RESOLVED] web1: A disk is full", Subjects(stage)[2], StringComparison.Ordinal);
        Assert.Equal(3, stage.Smtp.Mails().Count);
    }

    [Fact]
    public async Task A_warning_that_becomes_critical_is_told_at_once_in_the_same_thread()
    {
        await using var stage = await WaitingAsync();
        await stage.RunAsync(Minutes(8), "db1", Disk(0.9));
        await stage.ReportAsync("db1", Disk(1.0));
        await RoundAsync(stage, Seconds(2));
        await RoundAsync(stage, Seconds(5));
        Assert.Equal(["[WARNING] db1: A disk is filling up (/) 90 %", "[CRITICAL] db1: A disk is full (/) 100 %"], Subjects(stage));
        Assert.Equal(stage.Smtp.Mails()[0].MessageId, stage.Smtp.Mails()[1].InReplyTo);
        Assert.Single(Open(stage));
    }

    [Fact]
    public async Task Five_hundred_servers_lost_at_once_are_one_message()
    {
        await using var stage = await WaitingAsync();
        for (int i = 0; i < 500; i++)
            await stage.ReportAsync($"web{i}", Cpu(0.1));
        await stage.ReportAsync("other", Cpu(0.1));
        for (int minute = 0; minute < 12; minute++)
        {
            await stage.ReportAsync("other", Cpu(0.1));
            await RoundAsync(stage, Minutes(1));
        }
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.Equal("[WARNING] 500 servers: The server has stopped reporting", mail.Subject);
        Assert.Contains("- and 475 more", mail.TextBody!, StringComparison.Ordinal);
        Assert.Equal(500, stage.Open.Count(a => a is { Rule: "host-late", State: AlertState.Firing }));

        for (int i = 0; i < 500; i++)
            await stage.ReportAsync($"web{i}", Cpu(0.1));
        await RoundAsync(stage, Seconds(5));
        Assert.Equal("[RESOLVED] 500 servers: The server has stopped reporting", stage.Smtp.Mails()[1].Subject);
        Assert.Equal(2, stage.Smtp.Mails().Count);
    }

    [Fact]
    public async Task When_no_server_reports_it_is_probably_the_hub_that_is_cut_off()
    {
        await using var stage = await WaitingAsync();
        for (int i = 0; i < 4; i++)
            await stage.ReportAsync($"web{i}", Cpu(0.1));
        for (int minute = 0; minute < 8; minute++)
            await RoundAsync(stage, Minutes(1));
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.Equal("[WARNING] no server reports (4): The server has stopped reporting", mail.Subject);
        Assert.Contains("probably it is the hub, or its network, that is cut off", mail.TextBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_rule_on_three_servers_is_one_incident_and_two_servers_are_two()
    {
        await using var stage = await WaitingAsync();
        foreach (string host in (string[])["web1", "web2", "web3"])
            await stage.ReportAsync(host, Disk(1.0));
        await RoundAsync(stage, Seconds(1));
        await RoundAsync(stage, Seconds(5));
        Assert.Equal("[CRITICAL] all servers (3): A disk is full", Assert.Single(Subjects(stage)));
        foreach (string host in (string[])["db1", "db2"])
            await stage.ReportAsync(host, Memory(0.999));
        await RoundAsync(stage, Seconds(1));
        await RoundAsync(stage, Seconds(5));
        Assert.Equal(3, Open(stage).Count);
    }

    [Fact]
    public async Task What_is_acknowledged_is_not_repeated_until_that_is_over()
    {
        await using var stage = await WaitingAsync();
        await stage.RunAsync(Minutes(70), "db1", Disk(1.0));
        Assert.Equal(2, stage.Smtp.Mails().Count);
        long id = Assert.Single(Open(stage)).Id;
        Assert.True(await stage.Hub.Get<IncidentStore>().AcknowledgeAsync(id, "ada", "I am on it", TimeSpan.FromHours(3), Ct));
        await stage.RestartAsync();
        await stage.RunAsync(Minutes(170), "db1", Disk(1.0));
        Assert.Equal(2, stage.Smtp.Mails().Count);
        await stage.RunAsync(Minutes(30), "db1", Disk(1.0));
        Assert.Equal(3, stage.Smtp.Mails().Count);
        await stage.RunAsync(Minutes(2), "db1", Disk(0.5));
        Assert.Equal(4, stage.Smtp.Mails().Count);
        Assert.False(await stage.Hub.Get<IncidentStore>().AcknowledgeAsync(id, "ada", "", null, Ct));
        Assert.Equal([IncidentEventKind.Opened, IncidentEventKind.Acknowledged, IncidentEventKind.Ended],
            stage.Hub.Get<IncidentStore>().History(id).Select(e => e.Kind).Where(k => k != IncidentEventKind.Joined));
        var stories = stage.Hub.Get<Explanations>().Since(stage.Now - TimeSpan.FromDays(1), "db1");
        string story = string.Join('\n', stories.SelectMany(s => s.Lines).Select(l => l.Text));
        Assert.Contains("ada acknowledged the incident (until 2026-11-21 01:10Z I am on it), so it was not repeated.", story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alert_that_comes_and_goes_ends_only_when_it_is_quiet()
    {
        await using var stage = await WaitingAsync();
        for (int i = 0; i < 12; i++)
        {
            await stage.RunAsync(Minutes(2), "db1", Disk(1.0));
            await stage.RunAsync(Minutes(2), "db1", Disk(0.5));
        }
        Assert.Equal(5, stage.Smtp.Mails().Count); // twice there and back, and then once more
        Assert.Contains(stage.Hub.Get<IncidentStore>().History(Assert.Single(Open(stage)).Id), e => e.Kind == IncidentEventKind.Flapping);
        await stage.RunAsync(Minutes(16), "db1", Disk(0.5));
        Assert.Equal(6, stage.Smtp.Mails().Count);
        Assert.Empty(Open(stage));
    }

    [Fact]
    public async Task While_the_mail_server_is_down_for_a_day_one_message_waits_and_tells_what_is_known_when_it_goes()
    {
        await using var stage = await AlertStage.StartAsync(o => o with
        {
            Incidents = new(),
            Mail = o.Mail with { Deadline = TimeSpan.FromDays(3) },
        });
        stage.Smtp.Answer("451 4.3.0 come back later");
        await stage.RunAsync(Minutes(20), "db1", Disk(1.0, "/srv"));
        await stage.RunAsync(TimeSpan.FromHours(23), "db1", Disk(1.0, "/srv"), Disk(1.0, "/var"));
        Assert.Single(stage.Hub.Get<OutboxStore>().Undelivered(10));
        stage.Smtp.Answer(null);
        await stage.RunAsync(Minutes(16), "db1", Disk(1.0, "/srv"), Disk(1.0, "/var"));
        Assert.Contains("(/var)", Assert.Single(stage.Smtp.Mails()).TextBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_alerts_are_one_incident_and_a_round_over_them_goes_on()
    {
        await using var stage = await WaitingAsync();
        for (int i = 0; i < 10_000; i += 500)
            await stage.Hub.Get<SampleIngest>().TakeAsync(Of("big", stage.Now, [.. Enumerable.Range(i, 500).Select(n => Disk(1.0, $"/m{n}"))]), "", Ct);
        await RoundAsync(stage, Seconds(1));
        await RoundAsync(stage, Seconds(5));
        Assert.Equal("[CRITICAL] big: A disk is full (/m0) 100 % +9999", Assert.Single(Subjects(stage)));
        await RoundAsync(stage, Seconds(5));
        Assert.Single(Open(stage));
    }
}
