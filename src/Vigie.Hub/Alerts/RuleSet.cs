using Vigie.Hub.Charts;
using Vigie.Hub.Configuration;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Alerts;

/// <summary>The rules in force. Every expression is parsed when the hub starts.</summary>
sealed class RuleSet
{
    public RuleSet(HubOptions options)
    {
        All = [.. DefaultRules.Of(options.Alerts).Where(r => !options.Alerts.Disabled.Contains(r.Name, StringComparer.Ordinal))];
        foreach (var rule in All)
            Expr.Parse(rule.Expression);
    }

    public IReadOnlyList<Rule> All { get; }

    public Rule? Find(string name) => All.FirstOrDefault(r => r.Name == name);

    public IReadOnlyList<Threshold> Thresholds(string chart) =>
        [.. All.Where(r => r.Chart == chart && r.Unit == ChartCatalog.Find(chart)?.Unit).Where(r => r.Threshold is not null).Select(r => new Threshold(r.Threshold!.Value, r.Severity))];

    public IReadOnlyList<string> OnChart(string chart) => [.. All.Where(r => r.Chart == chart).Select(r => r.Name)];
}
