using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Api;

/// <summary>Rules and alerts, as Prometheus' API tells of them. The rules that are built in are the group "vigie".</summary>
static class RulesEndpoints
{
    const string BuiltIn = "vigie";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/rules", (HttpContext context, [FromServices] RuleSet rules, [FromServices] AlertEngine engine,
            [FromServices] AlertStore alerts, [FromServices] GroupRound round, [FromServices] HubOptions options) =>
            ApiCall.AnswerAsync(context, request => RulesAsync(request, rules, engine, alerts, round, options.Alerts)));
        routes.MapGet("/api/v1/alerts", (HttpContext context, [FromServices] RuleSet rules, [FromServices] AlertStore alerts) =>
            ApiCall.AnswerAsync(context, request => AlertsAsync(request, rules, alerts)));
    }

    static async Task AlertsAsync(ApiRequest request, RuleSet rules, AlertStore alerts)
    {
        await using var writer = new ApiWriter(request.Http);
        writer.Json.WriteStartObject("data"u8);
        writer.Json.WriteStartArray("alerts"u8);
        foreach (var alert in alerts.Open())
            if (rules.Find(alert.Rule) is { } rule)
                Write(writer.Json, rule, alert);
        writer.Json.WriteEndArray();
        writer.Json.WriteEndObject();
        await writer.EndAsync([], []);
    }

    static async Task RulesAsync(ApiRequest request, RuleSet rules, AlertEngine engine, AlertStore store, GroupRound round,
        AlertOptions options)
    {
        string type = request.Text("type");
        if (type is not ("" or "alert" or "record"))
            throw ApiException.BadParameter("type", $"not supported value \"{type}\"");
        string[] groups = [.. request.All("rule_group[]")!], names = [.. request.All("rule_name[]")!];
        var open = store.Open().ToLookup(a => a.Rule, StringComparer.Ordinal);
        bool Wanted(bool isAlert, string name) =>
            type is "" || type == (isAlert ? "alert" : "record") ? names.Length == 0 || names.Contains(name, StringComparer.Ordinal) : false;
        await using var writer = new ApiWriter(request.Http);
        var json = writer.Json;
        json.WriteStartObject("data"u8);
        json.WriteStartArray("groups"u8);
        if (groups.Length == 0 || groups.Contains(BuiltIn, StringComparer.Ordinal))
        {
            Begin(json, BuiltIn, options.Every, 0, null);
            foreach (var rule in rules.Own.Where(r => Wanted(isAlert: true, r.Name)))
                Write(json, rule, rule.Name, open[rule.Name], engine.Errors.GetValueOrDefault(rule.Name));
            End(json);
        }
        foreach (var group in rules.Groups.Where(g => groups.Length == 0 || groups.Contains(g.Name, StringComparer.Ordinal)))
        {
            Begin(json, group.Name, group.Interval ?? options.Every, group.Limit, round.LastOf(group.Name));
            var alerts = group.Alerts;
            foreach (var rule in group.Rules.Where(r => Wanted(r.IsAlert, r.Name)))
            {
                if (rule.IsAlert)
                    Write(json, alerts[rule], rule.Name, open[alerts[rule].Name], round.Errors.GetValueOrDefault(alerts[rule].Name));
                else
                    Write(json, rule, group.LabelsOf(rule), round.Errors.GetValueOrDefault($"{group.Name}/{rule.Name}"));
            }
            End(json);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        await writer.EndAsync([], []);
    }

    static void Begin(Utf8JsonWriter json, string name, TimeSpan every, int limit, DateTimeOffset? last)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteString("file"u8, name == BuiltIn ? "(built in)" : "monitoring.db");
        json.WriteNumber("interval"u8, every.TotalSeconds);
        json.WriteNumber("limit"u8, limit);
        if (last is { } known)
            json.WriteString("lastEvaluation"u8, known);
        json.WriteStartArray("rules"u8);
    }

    static void End(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, Rule rule, string name, IEnumerable<Alert> alerts, string? error)
    {
        var open = alerts.ToList();
        json.WriteStartObject();
        json.WriteString("state"u8, open.Exists(a => a.State == AlertState.Firing) ? "firing" : open.Count > 0 ? "pending" : "inactive");
        json.WriteString("name"u8, name);
        json.WriteString("query"u8, rule.Query);
        json.WriteNumber("duration"u8, rule.For.TotalSeconds);
        json.WriteNumber("keepFiringFor"u8, rule.KeepFiringFor.TotalSeconds);
        Write(json, "labels", rule.AllLabels);
        Write(json, "annotations", rule.Group is null ? [KeyValuePair.Create("summary", rule.Title)] : rule.Annotations);
        json.WriteStartArray("alerts"u8);
        foreach (var alert in open)
            Write(json, rule, alert);
        json.WriteEndArray();
        Health(json, error);
        json.WriteString("type"u8, "alerting"u8);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, GroupRule rule, IReadOnlyDictionary<string, string> labels, string? error)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, rule.Name);
        json.WriteString("query"u8, rule.Expression);
        Write(json, "labels", labels);
        Health(json, error);
        json.WriteString("type"u8, "recording"u8);
        json.WriteEndObject();
    }

    static void Health(Utf8JsonWriter json, string? error)
    {
        json.WriteString("health"u8, error is null ? "ok"u8 : "err"u8);
        if (error is not null)
            json.WriteString("lastError"u8, error);
    }

    static void Write(Utf8JsonWriter json, Rule rule, Alert alert)
    {
        json.WriteStartObject();
        var labels = rule.LabelsOf(alert);
        Write(json, "labels", labels.Span.ToArray().Select(l => KeyValuePair.Create(l.Name, l.Value)));
        Write(json, "annotations", rule.Group is null ? [KeyValuePair.Create("summary", rule.Title)]
            : rule.Annotations.Select(a => KeyValuePair.Create(a.Key, AnnotationText.Expand(a.Value, labels, alert.Value))));
        json.WriteString("state"u8, alert.State.ToString().ToLowerInvariant());
        json.WriteString("activeAt"u8, alert.Since);
        json.WriteString("value"u8, alert.Value.ToString("R", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts.OrderBy(t => t.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
