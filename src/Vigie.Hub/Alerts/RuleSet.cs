using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Charts;
using Vigie.Hub.Configuration;
using Vigie.PromQL;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Alerts;

/// <summary>
/// The rules in force: those that are built in, those of the policy, and those of the imported groups. Every expression is parsed when they
/// are read.
/// </summary>
sealed class RuleSet
{
    readonly QueryOptions _queries;
    readonly RuleGroupStore _store;
    readonly PolicySet _policies;
    readonly IReadOnlyList<Rule> _builtIn;
    volatile Snapshot _now;

    sealed record Snapshot(long Policy, IReadOnlyList<(string Name, string Definition)> Definitions, IReadOnlyList<RuleGroup> Groups,
        IReadOnlyList<Rule> Own, IReadOnlyList<Rule> All, IReadOnlyDictionary<string, TimeSpan> Reach, IReadOnlyDictionary<string, string> Errors);

    public RuleSet(HubOptions options, QueryOptions queries, RuleGroupStore store, PolicySet policies)
    {
        (_queries, _store, _policies) = (queries, store, policies);
        _builtIn = [.. DefaultRules.Of(options.Alerts).Where(r => !options.Alerts.Disabled.Contains(r.Name, StringComparer.Ordinal))];
        _now = Read(store.Definitions());
    }

    /// <summary>Those that are built in, and those of the policy, which may take the place of one that is built in.</summary>
    public IReadOnlyList<Rule> Own => _now.Own;

    public IReadOnlyList<RuleGroup> Groups => _now.Groups;

    /// <summary>Every alerting rule.</summary>
    public IReadOnlyList<Rule> All => _now.All;

    /// <summary>Why a stored group can't be read, by group.</summary>
    public IReadOnlyDictionary<string, string> Errors => _now.Errors;

    public Rule? Find(string name) => All.FirstOrDefault(r => r.Name == name);

    /// <summary>The rules that say the same more urgently, the next one first.</summary>
    public IEnumerable<string> Louder(string name)
    {
        // Nobody is kept from writing a circle into a policy.
        for (int i = 0; i < 5 && Find(name)?.MutedBy is { } louder; i++)
            yield return name = louder;
    }

    /// <summary>How old a host's newest sample may be for the rule still to see it.</summary>
    public TimeSpan Reach(Rule rule) => _now.Reach.GetValueOrDefault(rule.Name, _queries.Lookback);

    /// <summary>Takes over what another process has imported or removed.</summary>
    public void Refresh()
    {
        _policies.Refresh();
        var definitions = _store.Definitions();
        if (_policies.Version != _now.Policy || !definitions.SequenceEqual(_now.Definitions))
            _now = Read(definitions);
    }

    Snapshot Read(IReadOnlyList<(string Name, string Definition)> definitions)
    {
        var groups = new List<RuleGroup>();
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, definition) in definitions)
        {
            try
            {
                groups.AddRange(RuleFile.Parse(definition, name));
            }
            catch (RuleFileException e)
            {
                errors[name] = e.Message; // one that a newer version has written, say; the others go on
            }
        }
        var policy = _policies.Current;
        var taken = policy.Rules.Select(r => r.Name).Concat(policy.Off).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<Rule> own = [.. _builtIn.Where(r => !taken.Contains(r.Name)), .. policy.Rules];
        IReadOnlyList<Rule> all = [.. own, .. groups.SelectMany(g => g.Alerts.Values)];
        return new(_policies.Version, definitions, groups, own, all, all.ToDictionary(r => r.Name, r => Reach(r.Parsed, _queries.Lookback)), errors);
    }

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
