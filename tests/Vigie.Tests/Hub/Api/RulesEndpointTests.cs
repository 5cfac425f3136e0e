using System.Net;
using System.Text.Json;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Groups;

namespace Vigie.Tests.Hub.Api;

public sealed class RulesEndpointTests
{
    static async Task<ApiStage> StartAsync()
    {
        var stage = await ApiStage.StartAsync();
        await stage.AddAsync("heat", "a", MetricKind.Gauge, 1, 2, 42);
        await stage.Hub.Get<RuleGroupStore>().PutAsync(RuleFile.Parse("""
            groups:
              - name: mine
                interval: 1m
                rules:
                  - {record: "sum:heat", expr: sum(heat), labels: {team: x}}
                  - alert: Hot
                    expr: heat > 40
                    labels: {severity: page}
                    annotations: {summary: "{{ $labels.host }}: {{ $value }}"}
            """, "test"), default);
        await stage.Hub.Get<AlertEngine>().EvaluateAsync(default);
        return stage;
    }

    [Fact]
    public async Task Rules_and_their_alerts_are_told_by_group()
    {
        await using var stage = await StartAsync();
        var groups = (await stage.DataAsync("/api/v1/rules")).GetProperty("groups");
        Assert.Equal(["vigie", "mine"], groups.EnumerateArray().Select(g => g.GetProperty("name").GetString()));
        var cpu = groups[0].GetProperty("rules").EnumerateArray().Single(r => r.GetProperty("name").GetString() == "cpu-high");
        Assert.EndsWith(">= 0.9", cpu.GetProperty("query").GetString(), StringComparison.Ordinal);
        Assert.Equal("inactive", cpu.GetProperty("state").GetString());

        var mine = groups[1];
        Assert.Equal(60, mine.GetProperty("interval").GetDouble());
        var record = mine.GetProperty("rules")[0];
        Assert.Equal(("recording", "sum:heat", "ok", "x"), (Text(record, "type"), Text(record, "name"), Text(record, "health"),
            Text(record.GetProperty("labels"), "team")));
        var hot = mine.GetProperty("rules")[1];
        Assert.Equal(("alerting", "Hot", "firing", "heat > 40"), (Text(hot, "type"), Text(hot, "name"), Text(hot, "state"), Text(hot, "query")));
        IsHot(hot.GetProperty("alerts")[0]);
        IsHot((await stage.DataAsync("/api/v1/alerts")).GetProperty("alerts")[0]);
    }

    static void IsHot(JsonElement alert)
    {
        Assert.Equal("""{"alertname":"Hot","host":"a","severity":"page"}""", alert.GetProperty("labels").GetRawText());
        Assert.Equal(("firing", "42", "a: 42"), (Text(alert, "state"), Text(alert, "value"), Text(alert.GetProperty("annotations"), "summary")));
        Assert.StartsWith("2026-11-24T12:00:00", Text(alert, "activeAt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type=record", "mine sum:heat")]
    [InlineData("rule_name[]=Hot", "mine Hot")]
    [InlineData("rule_group[]=mine&type=alert", "mine Hot")]
    [InlineData("rule_group[]=none", "")]
    public async Task The_list_can_be_narrowed(string query, string expected)
    {
        await using var stage = await StartAsync();
        var groups = (await stage.DataAsync("/api/v1/rules?" + query)).GetProperty("groups");
        Assert.Equal(expected, string.Join(' ', groups.EnumerateArray().SelectMany(g =>
            g.GetProperty("rules").EnumerateArray().Select(r => $"{Text(g, "name")} {Text(r, "name")}"))));
        Assert.Equal(HttpStatusCode.BadRequest, (await stage.GetAsync("/api/v1/rules?type=x")).Status);
    }

    static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
