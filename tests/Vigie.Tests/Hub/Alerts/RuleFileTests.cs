using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Groups;

namespace Vigie.Tests.Hub.Alerts;

public sealed class RuleFileTests
{
    const string Example = """
        # as it comes from a repository of rules
        groups:
          - name: node
            interval: 30s
            labels: {team: infra}
            rules:
              - record: instance:node_cpu:ratio
                expr: 1 - avg without (cpu, mode) (rate(node_cpu_seconds_total{mode="idle"}[5m]))
              - alert: HostOutOfMemory
                expr: |
                  (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < .10)
                    and on (host) up == 1
                for: 2m
                keep_firing_for: 1h30m
                labels:
                  severity: critical
                annotations:
                  summary: Host out of memory (instance {{ $labels.instance }})
                  description: "Left: {{ $value | humanizePercentage }}"
              - alert: HostOutOfMemory
                expr: up == 0
                labels: {severity: 'info'}
          - name: "2nd"
            query_offset: 15s
            limit: 10
            rules: []
        """;

    [Fact]
    public void A_file_of_prometheus_is_read_whole()
    {
        var groups = RuleFile.Parse(Example, "rules.yml");
        Assert.Equal(["node", "2nd"], groups.Select(g => g.Name));
        Assert.Equal((TimeSpan.FromSeconds(15), 10), (groups[1].Offset, groups[1].Limit));
        var node = groups[0];
        Assert.Equal(TimeSpan.FromSeconds(30), node.Interval);
        Assert.False(node.Rules[0].IsAlert);
        Assert.Equal("instance:node_cpu:ratio", node.Rules[0].Name);

        var alerts = node.Alerts;
        var first = alerts[node.Rules[1]];
        Assert.Equal(("node/HostOutOfMemory", "HostOutOfMemory", Severity.Critical), (first.Name, first.Title, first.Severity));
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(90)), (first.For, first.KeepFiringFor));
        Assert.Equal("infra", first.Labels["team"]);
        Assert.StartsWith("(node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < .10)\n", first.Expression);
        var second = alerts[node.Rules[2]];
        Assert.Equal(("node/HostOutOfMemory#2", Severity.Warning), (second.Name, second.Severity));
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var groups = RuleFile.Parse(Example, "rules.yml");
        string written = RuleFileWriter.Write(groups);
        Assert.Equal(written, RuleFileWriter.Write(RuleFile.Parse(written, "again")));
        Assert.Contains("keep_firing_for: 1h30m", written);
        Assert.Contains("summary: Host out of memory (instance {{ $labels.instance }})", written);
        Assert.Equal("groups: []\n", RuleFileWriter.Write([]));
        Assert.Empty(RuleFile.Parse("", "empty"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("12")]
    [InlineData("a: b")]
    [InlineData("- x")]
    [InlineData(" # \t")]
    [InlineData("line\nanother: one\n")]
    [InlineData("'\"{{ $value }}")]
    [InlineData("")]
    public void Any_text_survives(string text)
    {
        var none = new Dictionary<string, string>();
        var rule = new GroupRule(true, "a", "up", default, default, none, new Dictionary<string, string> { ["summary"] = text });
        var read = RuleFile.Parse(RuleFileWriter.Write([new("g", null, default, 0, none, [rule])]), "written");
        Assert.Equal(text, read[0].Rules[0].Annotations["summary"]);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_with_its_line()
    {
        var error = Assert.Throws<RuleFileException>(() => RuleFile.Parse("""
            groups:
              - name: a
                intervall: 1m
                rules:
                  - alert: x
                    expr: sum(
                  - record: 9x
                    expr: up[5m]
                    for: 1m
                  - alert: y
                    record: z
                    expr: up
                    for: soon
                  - expr: up
                  - alert: w
              - name: a
                interval: 0s
                limit: many
                rules: text
            """, "bad.yml"));
        Assert.Equal(
        [
            "bad.yml, line 3: a group has no field \"intervall\"; it has name, interval, query_offset, limit, labels, rules",
            "bad.yml, line 6: expr: line 1, column 5: expected a number, a string, a selector, a function or '(', found the end of the query",
            "bad.yml, line 9: a rule has no field \"for\"; it has record, expr, labels",
            "bad.yml, line 7: \"9x\" is no name of a metric",
            "bad.yml, line 8: expr must have one value for each series, not a range or a string",
            "bad.yml, line 10: a rule has either alert or record",
            "bad.yml, line 11: a rule has no field \"record\"; it has alert, expr, for, keep_firing_for, labels, annotations",
            "bad.yml, line 13: for is \"soon\"; write a duration such as 30s, 5m or 1h30m",
            "bad.yml, line 14: a rule needs alert or record",
            "bad.yml, line 14: record is missing",
            "bad.yml, line 15: expr is missing",
            "bad.yml, line 17: interval must be longer than 0",
            "bad.yml, line 18: limit is \"many\"; write a whole number",
            "bad.yml, line 19: rules must be a list",
            "bad.yml, line 16: there are two groups \"a\"",
        ], error.Errors);
        Assert.Contains("not.yml, line ", Assert.Throws<RuleFileException>(() => RuleFile.Parse("groups: [", "not.yml")).Message);
        Assert.Contains("must be a mapping", Assert.Throws<RuleFileException>(() => RuleFile.Parse("- 1", "not.yml")).Message);
    }

    [Theory]
    [InlineData("{{ $labels.host }} is {{$value}}", "web1 is 0.1234567")]
    [InlineData("{{ .Labels.host | toUpper }}: {{ .Value | humanizePercentage }}", "WEB1: 12.35%")]
    [InlineData("{{ $value | printf \"%.2f\" }} and {{ printf \"%.0f%%\" $value }}", "0.12 and 0%")]
    [InlineData("{{ humanize 1234567 }}B {{ 2048 | humanize1024 }}B", "1.235MB 2kiB")]
    [InlineData("{{ humanizeDuration 93784 }} {{ 0.25 | humanizeDuration }}", "1d 2h 3m 4s 250ms")]
    [InlineData("{{ 1795521600 | humanizeTimestamp }}", "2026-11-24 12:00:00 UTC")]
    [InlineData("{{ $labels.none }}.", ".")]
    [InlineData("{{ range query \"up\" }}x{{ end }} {{ nonsense }} { }", "{{ range query \"up\" }}x{{ end }} {{ nonsense }} { }")]
    public void Annotations_are_filled_in_as_far_as_they_are_understood(string text, string expected) =>
        Assert.Equal(expected, AnnotationText.Expand(text, Labels.Of("up", ("host", "web1")), 0.1234567));
}
