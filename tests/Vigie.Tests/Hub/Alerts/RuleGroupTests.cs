using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Groups;
using Vigie.PromQL;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

/// <summary>Imported groups in a hub that runs.</summary>
public sealed class RuleGroupTests
{
    static TimeSpan Minutes(double n) => TimeSpan.FromMinutes(n);

    static Task ImportAsync(AlertStage stage, string rules) =>
        stage.Hub.Get<RuleGroupStore>().PutAsync(RuleFile.Parse($"groups:\n{rules}", "test"), default);

    static async Task<double?> ValueAsync(AlertStage stage, string query) =>
        await stage.Hub.Get<QueryEngine>().InstantAsync(query, stage.Now.ToUnixTimeMilliseconds()) is VectorResult { Samples: [var one] }
            ? one.Value : null;

    [Fact]
    public async Task An_imported_rule_is_mailed_with_its_annotations_and_goes_on_as_long_as_it_says()
    {
        await using var stage = await AlertStage.StartAsync();
        await ImportAsync(stage, """
              - name: mine
                rules:
                  - alert: Warm
                    expr: 1 - system_cpu_utilization_ratio{state="idle"} > 0.5
                    for: 2m
                    keep_firing_for: 10m
                    labels: {severity: page}
                    annotations: {summary: "{{ $labels.host }} is at {{ $value | humanizePercentage }}"}
            """);
        await stage.RunAsync(Minutes(2), "web1", Cpu(0.6));
        Assert.Equal(AlertState.Pending, Assert.Single(stage.Open).State);
        await stage.RunAsync(Minutes(2), "web1", Cpu(0.6));
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.StartsWith("[CRITICAL] web1: Warm", mail.Subject!, StringComparison.Ordinal);
        Assert.Contains("web1 is at 60%", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("web1 is at 60%", mail.HtmlBody, StringComparison.Ordinal);

        await stage.RunAsync(Minutes(8), "web1", Cpu(0.2));
        Assert.Equal(AlertState.Firing, Assert.Single(stage.Open).State);
        await stage.RestartAsync();
        await stage.RunAsync(Minutes(1), "web1", Cpu(0.6)); // holds again: the time begins anew
        await stage.RunAsync(Minutes(9), "web1", Cpu(0.2));
        Assert.Single(stage.Open);
        await stage.RunAsync(Minutes(2), "web1", Cpu(0.2));
        Assert.Empty(stage.Open);
        Assert.Equal(2, stage.Smtp.Mails().Count);
    }

    [Fact]
    public async Task What_is_recorded_is_seen_by_the_rules_after_it_and_ends_with_its_source()
    {
        await using var stage = await AlertStage.StartAsync();
        await ImportAsync(stage, """
              - name: mine
                labels: {team: infra}
                rules:
                  - record: fleet:busy:ratio
                    expr: avg(1 - system_cpu_utilization_ratio{state="idle"})
                  - record: host:busy:ratio
                    expr: 1 - system_cpu_utilization_ratio{state="idle"} > 0.5
                    labels: {kind: busy}
                  - alert: FleetBusy
                    expr: fleet:busy:ratio > 0.5
            """);
        await stage.RunAsync(Minutes(2), "web1", Cpu(0.6));
        Assert.Equal(0.6, (await ValueAsync(stage, "fleet:busy:ratio{team=\"infra\"}"))!.Value, 9);
        Assert.Equal(0.6, (await ValueAsync(stage, "host:busy:ratio{kind=\"busy\",host=\"web1\"}"))!.Value, 9);
        var alert = Assert.Single(stage.Open);
        Assert.Equal(("mine/FleetBusy", ""), (alert.Rule, alert.Host));
        Assert.StartsWith("[WARNING] all hosts: FleetBusy", Assert.Single(stage.Smtp.Mails()).Subject!, StringComparison.Ordinal);

        await stage.RunAsync(Minutes(1), "web1", Cpu(0.2));
        Assert.Null(await ValueAsync(stage, "host:busy:ratio")); // at once, and not when the lookback is over
        Assert.Empty(stage.Open);
    }

    [Fact]
    public async Task A_group_keeps_its_own_pace()
    {
        await using var stage = await AlertStage.StartAsync();
        await ImportAsync(stage, """
              - name: slow
                interval: 5m
                rules: [{record: "slow:count", expr: "count(system_cpu_utilization_ratio)"}]
            """);
        await stage.RunAsync(Minutes(11), "web1", Cpu(0.2));
        Assert.Equal(3, await ValueAsync(stage, "count_over_time(slow:count[20m])"));
    }

    [Fact]
    public async Task A_group_that_is_changed_or_removed_takes_its_alerts_along()
    {
        await using var stage = await AlertStage.StartAsync();
        await ImportAsync(stage, "  - {name: mine, rules: [{alert: Up, expr: 'vector(1)'}]}");
        await stage.RunAsync(Minutes(1), "web1", Cpu(0.2));
        Assert.Equal("mine/Up", Assert.Single(stage.Open).Rule);
        await ImportAsync(stage, "  - {name: mine, rules: [{alert: Up2, expr: 'vector(1)'}]}");
        await stage.RunAsync(Minutes(1), "web1", Cpu(0.2));
        Assert.Equal("mine/Up2", Assert.Single(stage.Open).Rule);
        Assert.True(await stage.Hub.Get<RuleGroupStore>().RemoveAsync("mine", default));
        await stage.RunAsync(Minutes(1), "web1", Cpu(0.2));
        Assert.Empty(stage.Open);
    }

    [Fact]
    public async Task A_rule_that_fails_says_why_and_the_others_go_on()
    {
        await using var stage = await AlertStage.StartAsync();
        await ImportAsync(stage, """
              - name: mine
                limit: 1
                rules:
                  - {record: "bad:one", expr: "label_replace(system_cpu_utilization_ratio, 'host', 'x', '', '') * on (host) up_twice"}
                  - {record: "bad:many", expr: "system_cpu_utilization_ratio"}
                  - {record: "good:one", expr: "vector(1)"}
                  - {record: "bad:same", expr: "system_cpu_utilization_ratio{state='idle'}", labels: {host: a}}
            """);
        await stage.RunAsync(Minutes(2), "web1", CpuState("idle", 0.5), CpuState("user", 0.5));
        await stage.RunAsync(Minutes(1), "web2", CpuState("idle", 0.5));
        Assert.Equal(1, await ValueAsync(stage, "good:one"));
        var errors = stage.Hub.Get<AlertEngine>().Errors;
        Assert.Contains("limit is 1", errors["mine/bad:many"]);
        Assert.Contains("limit is 1", errors["mine/bad:same"]);
        using var page = await stage.Hub.PersonAsync();
        Assert.Contains("mine/bad:many", await page.GetStringAsync("/"));
    }
}
