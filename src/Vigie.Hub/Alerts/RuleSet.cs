using Vigie.Hub.Charts;
using Vigie.Hub.Configuration;
using Vigie.PromQL;
using Vigie.PromQL.Parsing;

namespace Vigie.Hub.Alerts;

/// <summary>The rules in force. Every expression is parsed when the hub starts.</summary>
sealed class RuleSet(HubOptions options)
{
    public IReadOnlyList<Rule> All { get; } =
        [.. DefaultRules.Of(options.Alerts, options.Probe.Interval).Where(r => !options.Alerts.Disabled.Contains(r.Name, StringComparer.Ordinal))];

    public Rule? Find(string name) => All.FirstOrDefault(r => r.Name == name);

    public IReadOnlyList<Threshold> Thresholds(string chart) =>
        [.. All.Where(r => r.Chart == chart && (r.Unit == ChartCatalog.Find(chart)?.Unit)).Select(r => new Threshold(r.Threshold, r.Severity))];

    public IReadOnlyList<string> OnChart(string chart) => [.. All.Where(r => r.Chart == chart).Select(r => r.Name)];
}
