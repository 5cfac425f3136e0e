using Vigie.Core.Metrics;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>Which alerts are one incident: rules that need no configuration.</summary>
static class Grouping
{
    /// <summary>So many hosts with one rule have one cause.</summary>
    public const int Many = 3;

    /// <summary>The open incident that an alert belongs to; null when it needs another.</summary>
    /// <param name="members">In which of them a rule's alert is, or was.</param>
    /// <param name="mild">The rules that an alert of this rule speaks for.</param>
    public static Incident? Find(Alert alert, IReadOnlyList<Incident> open, ILookup<(string Rule, Labels Labels), long> members, IEnumerable<string> mild,
        TimeSpan within, long nowMs)
    {
        foreach (string rule in mild.Prepend(alert.Rule))
            if (members[(rule, alert.Labels)].FirstOrDefault() is > 0 and var id)
                return open.First(i => i.Id == id);
        string byRule = IncidentScope.OfRule(alert), byHost = IncidentScope.OfHost(alert.Host);
        return Newest(byRule) ?? (alert.Host.Length > 0 && !RootCause.Is(alert.Rule) ? Newest(byHost) : null);

        Incident? Newest(string scope) =>
            open.LastOrDefault(i => i.Scope == scope && nowMs - i.JoinedMs <= within.TotalMilliseconds);
    }

    /// <summary>Alerts that fit no open incident, as the incidents that they would begin.</summary>
    public static IReadOnlyList<(string Scope, IReadOnlyList<Alert> Alerts)> Split(IReadOnlyList<Alert> alerts)
    {
        var groups = new List<(string, IReadOnlyList<Alert>)>();
        var rest = new List<Alert>();
        foreach (var rule in alerts.GroupBy(IncidentScope.OfRule, StringComparer.Ordinal))
            if (rule.Key == IncidentScope.Down || rule.Any(a => a.Host.Length == 0) || rule.DistinctBy(a => a.Host).Count() >= Many)
                groups.Add((rule.Key, [.. rule]));
            else
                rest.AddRange(rule);
        groups.AddRange(rest.GroupBy(a => IncidentScope.OfHost(a.Host), StringComparer.Ordinal)
            .Select(host => (host.Key, (IReadOnlyList<Alert>)[.. host])));
        return groups;
    }

    /// <summary>The worst of them, by which the whole is known: the oldest of the most severe.</summary>
    public static Alert Lead(IReadOnlyList<Alert> alerts) => alerts
        .OrderBy(a => a.State == AlertState.Firing ? 0 : 1).ThenBy(a => a.Severity == Severity.Critical ? 0 : 1).ThenBy(a => a.FiredMs).ThenBy(a => a.Id)
        .First();

    /// <summary>Without those of which another one, of the same thing, says more.</summary>
    public static IReadOnlyList<Alert> Spoken(IReadOnlyList<Alert> alerts, Func<string, IEnumerable<string>> louder)
    {
        if (alerts.Count == 1)
            return alerts;
        var by = alerts.ToLookup(a => (a.Rule, a.Labels));
        return [.. alerts.Where(a => !louder(a.Rule).SelectMany(rule => by[(rule, a.Labels)])
            .Any(o => o.State == AlertState.Firing || a.State == AlertState.Resolved))];
    }

    public static string Worst(IEnumerable<Alert> alerts) => alerts.Any(a => a.Severity == Severity.Critical) ? Severity.Critical : Severity.Warning;
}
