using Vigie.Hub.Charts;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Alerts.Groups;

/// <summary>Rules that are evaluated one after the other at one instant, as Prometheus has them.</summary>
/// <param name="Interval">How often; null is as often as all others.</param>
/// <param name="Offset">How far back the instant lies, for samples that come late.</param>
/// <param name="Limit">Most series or alerts that one of its rules may make; 0 is no limit.</param>
/// <param name="Labels">Labels of each of its rules that the rule does not set itself.</param>
sealed record RuleGroup(string Name, TimeSpan? Interval, TimeSpan Offset, int Limit, IReadOnlyDictionary<string, string> Labels,
    IReadOnlyList<GroupRule> Rules)
{
    static readonly string[] CriticalWords = ["critical", "page", "error", "high", "disaster", "emergency", "fatal"];

    /// <summary>Its alerting rules as the hub's own are: named after the group, because Prometheus' names need not be unique.</summary>
    public IReadOnlyDictionary<GroupRule, Rule> Alerts => field ??= AsAlerts();

    Dictionary<GroupRule, Rule> AsAlerts()
    {
        var alerts = new Dictionary<GroupRule, Rule>(ReferenceEqualityComparer.Instance);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in Rules.Where(r => r.IsAlert))
        {
            string name = $"{Name}/{rule.Name}";
            for (int again = 2; !names.Add(name); again++)
                name = $"{Name}/{rule.Name}#{again}";
            var labels = LabelsOf(rule);
            string severity = labels.GetValueOrDefault("severity", "");
            alerts[rule] = new(name, rule.Expression, null, rule.For,
                CriticalWords.Contains(severity, StringComparer.OrdinalIgnoreCase) ? Severity.Critical : Severity.Warning, rule.Name,
                ChartUnit.Number)
            {
                Group = Name,
                KeepFiringFor = rule.KeepFiringFor,
                Labels = labels,
                Annotations = rule.Annotations,
            };
        }
        return alerts;
    }

    public IReadOnlyDictionary<string, string> LabelsOf(GroupRule rule)
    {
        var labels = new Dictionary<string, string>(Labels, StringComparer.Ordinal);
        foreach (var (name, value) in rule.Labels)
            labels[name] = value;
        return labels;
    }
}

/// <param name="Name">Of the alert, or of the series that is recorded.</param>
/// <param name="For">How long an alert must hold before it fires.</param>
/// <param name="KeepFiringFor">How long it goes on firing when it does not hold any more.</param>
sealed record GroupRule(bool IsAlert, string Name, string Expression, TimeSpan For, TimeSpan KeepFiringFor,
    IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
{
    public Expr Parsed => field ??= Expr.Parse(Expression);
}
