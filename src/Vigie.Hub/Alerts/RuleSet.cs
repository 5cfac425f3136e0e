using Vigie.Hub.Charts;
using Vigie.Hub.Configuration;
using Vigie.PromQL;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Alerts;

/// <summary>The rules in force. Every expression is parsed when the hub starts.</summary>
sealed class RuleSet
{
    readonly Dictionary<string, TimeSpan> _reach;

    public RuleSet(HubOptions options, QueryOptions queries)
    {
        All = [.. DefaultRules.Of(options.Alerts).Where(r => !options.Alerts.Disabled.Contains(r.Name, StringComparer.Ordinal))];
        _reach = All.ToDictionary(r => r.Name, r => Reach(Expr.Parse(r.Expression), queries.Lookback), StringComparer.Ordinal);
    }

    public IReadOnlyList<Rule> All { get; }

    public Rule? Find(string name) => All.FirstOrDefault(r => r.Name == name);

    /// <summary>How old a host's newest sample may be for the rule still to see it.</summary>
    public TimeSpan Reach(Rule rule) => _reach[rule.Name];

    public IReadOnlyList<Threshold> Thresholds(string chart) =>
        [.. All.Where(r => r.Chart == chart && r.Unit == ChartCatalog.Find(chart)?.Unit)
            .Where(r => r.Threshold is not null)
            .Select(r => new Threshold(r.Threshold!.Value, r.Severity))];

    static TimeSpan Reach(Expr expression, TimeSpan lookback) => expression switch
    {
        Selector => lookback,
        RangeSelector range => TimeSpan.FromMilliseconds(range.RangeMs),
        _ => expression.Children.Select(c => Reach(c, lookback)).DefaultIfEmpty(TimeSpan.MaxValue).Min(),
    };

    public IReadOnlyList<string> OnChart(string chart) => [.. All.Where(r => r.Chart == chart).Select(r => r.Name)];
}
