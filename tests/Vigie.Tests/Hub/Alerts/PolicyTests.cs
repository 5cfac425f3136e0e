using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Explaining;
using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Configuration;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

/// <summary>What a policy says, and that it is followed. The stage begins on Friday, 2026-11-20 at 21:00 UTC.</summary>
public sealed class PolicyTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static TimeSpan Minutes(double n) => TimeSpan.FromMinutes(n);

    static Policy Parse(string text, params string[] channels) => new PolicyFile("Etc/UTC").Parse(text, "policy.yaml", channels);

    static string Errors(string text) =>
        string.Join('\n', Assert.Throws<RuleFileException>(() => Parse(text, "mail", "ops")).Errors);

    /// <summary>A hub with the channels mail and ops, of which the second is a real listener, and this policy.</summary>
    static async Task<AlertStage> StageAsync(ReplyServer ops, string policy, Func<HubOptions, HubOptions>? more = null)
    {
        var stage = await AlertStage.StartAsync(o =>
        {
            var options = o with
            {
                Channels = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal) { ["ops"] = new WebhookOptions { Url = ops.Address } },
            };
            return more?.Invoke(options) ?? options;
        });
        Parse(policy, "mail", "ops"); // it is good
        await stage.Hub.Get<PolicyStore>().PutAsync(policy, "ada", Ct);
        return stage;
    }

    [Fact]
    public async Task A_rule_from_a_headline_warns_first_and_is_critical_later_for_the_hosts_of_its_tag_alone()
    {
        await using var ops = await ReplyServer.StartAsync();
        await using var stage = await StageAsync(ops, """
            tags: {web: ["web*"]}
            off: [cpu-high, cpu-busy]
            rules:
              - name: web-cpu
                headline: cpu
                hosts: tag:web
                warning: {at: 50%, clear: 40%}
                critical: 80%
                title: The web server is busy
                annotations: {runbook: "see https://wiki/{{ labels.host }} at {{ value }}"}
            """);
        await stage.RunAsync(Minutes(8), "web1", Cpu(0.6));
        await stage.RunAsync(Minutes(4), "db1", Cpu(0.99));
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.Equal("[WARNING] web1: The web server is busy 60 %", mail.Subject!.Replace('\u00a0', ' '));
        Assert.Contains("see https://wiki/web1 at 60", mail.TextBody!, StringComparison.Ordinal);
        await stage.RunAsync(Minutes(8), "web1", Cpu(0.9));
        Assert.StartsWith("[CRITICAL] web1: The web server is busy", stage.Smtp.Mails()[1].Subject!, StringComparison.Ordinal);
        await stage.RunAsync(Minutes(8), "web1", Cpu(0.45));
        Assert.Contains(stage.Open, a => a is { Rule: "web-cpu-warning", State: AlertState.Firing });
        await stage.RunAsync(Minutes(8), "web1", Cpu(0.3));
        Assert.DoesNotContain(stage.Open, a => a.Rule.StartsWith("web-cpu", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rule_with_the_name_of_a_built_in_one_takes_its_place()
    {
        await using var ops = await ReplyServer.StartAsync();
        await using var stage = await StageAsync(ops, "rules: [{name: disk-full, headline: disk, critical: 70%, hosts: ['db?']}]");
        await stage.RunAsync(Minutes(2), "db1", Disk(0.75));
        await stage.RunAsync(Minutes(2), "web1", Disk(1.0));
        var alert = Assert.Single(stage.Open, a => a.Rule == "disk-full");
        Assert.Equal(("db1", 0.7), (alert.Host, alert.Threshold));
    }

    [Fact]
    public async Task The_first_route_that_matches_counts_and_what_none_matches_goes_to_every_channel()
    {
        await using var ops = await ReplyServer.StartAsync();
        await using var stage = await StageAsync(ops, """
            routes:
              - {name: databases, hosts: ["db*"], channels: [ops]}
              - {name: memory, rules: ["memory-*"], severity: critical, channels: [mail]}
            """);
        await stage.RunAsync(Minutes(2), "db1", Disk(1.0));
        Assert.Equal((1, 0), (ops.Received.Count, stage.Smtp.Mails().Count));
        await stage.RunAsync(Minutes(2), "web1", Memory(0.999));
        Assert.Equal((1, 1), (ops.Received.Count, stage.Smtp.Mails().Count));
        await stage.RunAsync(Minutes(2), "web2", Disk(1.0));
        Assert.Equal((2, 2), (ops.Received.Count, stage.Smtp.Mails().Count));
        var story = Assert.Single(stage.Hub.Get<Explanations>().Since(stage.Now - Minutes(60), "db1"), s => s.Alert.Rule == "disk-full");
        Assert.Contains(story.Lines, l => l.Text == "The route databases leads to ops.");
    }

    [Fact]
    public async Task A_maintenance_window_tells_nobody_and_tells_at_its_end_what_still_fires()
    {
        await using var ops = await ReplyServer.StartAsync();
        await using var stage = await StageAsync(ops, """
            windows: [{name: patches, hosts: ["web*"], weekly: "fri 21:00-21:30", note: updates}]
            """);
        await stage.RunAsync(Minutes(20), "web1", Disk(1.0));
        await stage.RunAsync(Minutes(2), "db1", Disk(1.0));
        Assert.Contains("db1", Assert.Single(stage.Smtp.Mails()).Subject!, StringComparison.Ordinal);
        await stage.RunAsync(Minutes(12), "web1", Disk(1.0));
        Assert.Contains(stage.Smtp.Mails(), m => m.Subject!.StartsWith("[CRITICAL] web1: A disk is full", StringComparison.Ordinal));
        var story = Assert.Single(stage.Hub.Get<Explanations>().Since(stage.Now - Minutes(60), "web1"), s => s.Alert.Rule == "disk-full");
        Assert.Contains(story.Lines, l => l.Text == "The maintenance window patches (fri 21:00-21:30) held it back until 2026-11-20 21:30Z.");
    }

    [Fact]
    public async Task What_nobody_acknowledges_is_passed_on_step_by_step()
    {
        await using var ops = await ReplyServer.StartAsync();
        await using var stage = await StageAsync(ops, """
            routes: [{name: all, channels: [mail], escalate: [{after: 15m, channels: [ops]}]}]
            """);
        await stage.RunAsync(Minutes(14), "db1", Disk(1.0));
        await stage.RunAsync(Minutes(2), "db1", Disk(1.0), Memory(0.1));
        Assert.Contains("Nobody has acknowledged it within 15", Assert.Single(ops.Received).Body, StringComparison.Ordinal);
        await stage.RunAsync(Minutes(20), "db1", Disk(1.0));
        Assert.Single(ops.Received);

        await stage.RunAsync(Minutes(2), "web1", Memory(0.999));
        long id = stage.Hub.Get<IncidentStore>().Open().Single(i => i.Scope == IncidentScope.OfHost("web1")).Id;
        await stage.Hub.Get<IncidentStore>().AcknowledgeAsync(id, "ada", "", null, Ct);
        for (int minute = 0; minute < 20; minute++)
        {
            await stage.ReportAsync("db1", Disk(1.0));
            await stage.RunAsync(Minutes(1), "web1", Memory(0.999));
        }
        Assert.Single(ops.Received);
        await stage.RunAsync(Minutes(2), "db1", Disk(0.1));
        Assert.Contains("\"status\":\"resolved\"", ops.Received[^1].Body, StringComparison.Ordinal); // who was told hears of the end
    }

    [Fact]
    public async Task In_a_quiet_time_a_warning_waits_for_the_morning_and_a_critical_alert_does_not()
    {
        await using var ops = await ReplyServer.StartAsync();
        const string Quiet = """
            quiet: [{name: nights, daily: "20:00-23:00"}]
            routes: [{name: all, channels: [mail], quiet: nights}]
            """;
        await using var stage = await StageAsync(ops, Quiet);
        await stage.RunAsync(Minutes(10), "db1", Disk(0.9));
        await stage.RunAsync(Minutes(10), "web1", Disk(0.9));
        await stage.RestartAsync();
        Assert.Empty(stage.Smtp.Mails());
        await stage.RunAsync(Minutes(5), "web1", Disk(0.5)); // over before the morning: nobody hears of it
        await stage.RunAsync(Minutes(2), "db2", Disk(1.0));
        Assert.StartsWith("[CRITICAL] db2", Assert.Single(stage.Smtp.Mails()).Subject!, StringComparison.Ordinal);
        while (stage.Now < new DateTimeOffset(2026, 11, 20, 23, 2, 0, TimeSpan.Zero))
        {
            await stage.ReportAsync("db2", Disk(1.0));
            await stage.ReportAsync("web1", Disk(0.5));
            await stage.RunAsync(Minutes(1), "db1", Disk(0.9));
        }
        Assert.Contains(stage.Smtp.Mails(), m => m.Subject!.StartsWith("[WARNING] db1: A disk is filling up", StringComparison.Ordinal));
        Assert.DoesNotContain(stage.Smtp.Mails(), m => m.Subject!.Contains("web1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_waits_for_the_morning_goes_at_once_when_it_becomes_critical()
    {
        await using var ops = await ReplyServer.StartAsync();
        await using var stage = await StageAsync(ops, """
            quiet: [{name: nights, daily: "20:00-23:00"}]
            routes: [{name: all, channels: [mail], quiet: nights}]
            """);
        await stage.RunAsync(Minutes(10), "db1", Disk(0.9));
        Assert.Empty(stage.Smtp.Mails());
        await stage.RunAsync(Minutes(2), "db1", Disk(1.0));
        Assert.StartsWith("[CRITICAL] db1: A disk is full", Assert.Single(stage.Smtp.Mails()).Subject!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-16 08:59", "cem"), InlineData("2026-11-16 09:00", "ada"), InlineData("2026-11-22 23:00", "ada")]
    [InlineData("2026-11-23 09:00", "ben"), InlineData("2026-10-26 08:30", "cem"), InlineData("2025-12-29 10:00", "cem")]
    public void A_turn_changes_at_its_hour_also_before_the_start_and_when_the_clocks_change(string local, string who)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        var rota = new Rota("oncall", ["ada", "ben", "cem"], new(2026, 1, 5, 9, 0, 0), TimeSpan.FromDays(7), zone);
        var at = DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(who, rota.At(new DateTimeOffset(at, zone.GetUtcOffset(at))));
    }

    [Theory]
    [InlineData("daily: '22:00-07:00'", "2026-11-20T20:59Z", null), InlineData("daily: '22:00-07:00'", "2026-11-20T21:00Z", "2026-11-21T06:00Z")]
    [InlineData("weekly: 'sat,sun 08:00-20:00'", "2026-11-21T18:59Z", "2026-11-21T19:00Z")]
    [InlineData("weekly: 'sat,sun 08:00-20:00'", "2026-11-20T12:00Z", null)]
    [InlineData("cron: '30 2 * * *', for: 1h", "2026-10-25T00:45Z", "2026-10-25T01:30Z")]
    [InlineData("from: 2026-12-24 18:00, for: 2h", "2026-12-24T18:59Z", "2026-12-24T19:00Z")]
    [InlineData("from: 2026-12-24 18:00, for: 2h", "2026-12-24T19:00Z", null)]
    public void A_time_is_one_of_its_zone(string times, string at, string? end)
    {
        var window = Assert.Single(Parse($"windows: [{{name: w, timezone: Europe/Paris, {times}}}]").Windows);
        Assert.Equal(end is null ? null : DateTimeOffset.Parse(end, System.Globalization.CultureInfo.InvariantCulture),
            window.Schedule.EndOf(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_with_its_line_and_the_remedy()
    {
        string errors = Errors("""
            tags: {web: {a: b}}
            off: [cpu-hihg]
            rules:
              - {name: a, headline: cpuu, warning: 80%}
              - {name: a, headline: cpu, warning: 95%, critical: 80%}
              - {name: b, expr: "sum(", critical: 1}
              - {name: c, headline: cpu}
              - {name: d, headline: cpu, warning: lots, annotations: {x: "{% if %}"}}
            routes:
              - {name: r, channels: [pager], quiet: nights, severity: bad}
            windows:
              - {name: w, weekly: "someday 22:00-23:00"}
              - {name: v, daily: "22-23", cron: "* * * * *"}
              - {name: u, cron: "61 * * * *", for: 1h, timezone: Mars/Base}
            rotas:
              - {name: o, starts: soon, members: [mail]}
            colour: red
            """);
        string[] wanted =
        [
            "line 1: a tag has a list of hosts", "line 2: there is no built-in rule \"cpu-hihg\"",
            "line 4: there is no headline \"cpuu\"; they are cpu, memory",
            "line 5: rules has \"a\" twice", "line 5: critical must be more than warning", "line 6: expr:", "line 7: say from where on",
            "line 8: warning is \"lots\"", "line 8: the annotation x is no Liquid", "line 10: there is no channel \"pager\"; there are mail, ops",
            "line 10: there is no quiet time \"nights\"", "line 10: severity is \"bad\"; write warning or critical", "line 12: weekly: \"someday\" is no day",
            "line 13: say once when it is", "line 14: there is no time zone \"Mars/Base\"", "line 16: starts: \"soon\" is no time",
            "a policy has no field \"colour\"",
        ];
        Assert.All(wanted, w => Assert.Contains(w, errors, StringComparison.Ordinal));
    }

    [Fact]
    public void The_example_is_good_once_its_marks_are_taken_away()
    {
        Assert.Empty(Parse(PolicyText.Example).Items);
        string text = string.Join('\n', PolicyText.Example.Split('\n').Select(l => l is ['#', not ' ', ..] or ['#', ' ', ' ', ..] ? l[1..] : l));
        var policy = Parse(text.Replace("tokenFile: /etc/vigie/ntfy", "token: t", StringComparison.Ordinal), "mail", "ada", "ben");
        Assert.Equal(["night"], policy.Channels.Keys);
        Assert.Equal((2, 2, 2, 3, 1), (policy.Tags.Count, policy.Rules.Count, policy.Routes.Count, policy.Windows.Count, policy.Rotas.Count));
    }

    [Fact]
    public async Task A_running_hub_takes_over_the_channels_of_a_policy_and_lets_them_go()
    {
        await using var ops = await ReplyServer.StartAsync();
        await using var night = await ReplyServer.StartAsync();
        await using var stage = await StageAsync(ops, $$"""
            channels: {night: {language: fr, kind: webhook, url: "{{night.Address}}/hook" } }
            routes: [{name: all, channels: [night]}]
            """);
        await stage.RunAsync(Minutes(2), "db1", Disk(1.0));
        Assert.Contains("Un disque est plein", Assert.Single(night.Received).Body, StringComparison.Ordinal);
        Assert.Empty(ops.Received);
        await stage.RestartAsync();
        await stage.RunAsync(Minutes(2), "db1", Disk(0.1));
        Assert.Equal(2, night.Received.Count);
        await stage.Hub.Get<PolicyStore>().PutAsync("routes: [{name: all, channels: [ops]}]", "ada", Ct);
        await stage.RunAsync(Minutes(2), "db1", Memory(0.999));
        Assert.Equal((2, 1), (night.Received.Count, ops.Received.Count));
    }

    [Fact]
    public void A_channel_that_can_not_work_is_refused_with_the_words_of_its_kind()
    {
        string errors = Errors("""
            channels:
              a: {kind: slak}
              b: {kind: webhook, url: "http://127.0.0.1:1", colour: red}
              c: {kind: webhook}
              ops: {kind: webhook, url: "http://127.0.0.1:1"}
              d: {kind: webhook, url: "http://127.0.0.1:1", fallback: nobody}
              e: just text
              f: {kind: webhook, url: "http://127.0.0.1:1", timeout: soon}
            """);
        string[] wanted =
        [
            "line 2: Channels:a:Kind is \"slak\"; choose one of", "line 3: a channel of kind webhook has no setting \"colour\"",
            "line 4: Channels:c:Url is missing", "the channel \"ops\" stands in config.json already", "the fallback of d is \"nobody\"",
            "line 7: a channel is a mapping", "line 8: Channels:f:Timeout is \"soon\"",
        ];
        Assert.All(wanted, w => Assert.Contains(w, errors, StringComparison.Ordinal));
        // of a policy that was applied, what does not work any more is left out
        Assert.Equal(["g"], new PolicyFile("Etc/UTC").Parse("channels: {c: {kind: webhook}, g: {kind: webhook, url: 'http://127.0.0.1:1'}}", "p", null)
            .Channels.Keys);
    }

    [Fact]
    public void What_changes_is_told_item_by_item_and_comments_are_no_change()
    {
        var before = Parse("windows: [{name: a, daily: '1:00-2:00'}, {name: b, daily: '1:00-2:00'}]\ntags: {web: [w1]}");
        var after = Parse("# new\ntags: {web: [w1]}\nwindows:\n  - {name: b, daily: '1:00-3:00'}\n  - {name: c, daily: '1:00-2:00'}\n");
        Assert.Equal(["- a", "~ b", "+ c"], PolicyChange.Between(before, after).Select(c => $"{c.Sign} {c.Name}"));
        Assert.Empty(PolicyChange.Between(after, after));
    }
}
