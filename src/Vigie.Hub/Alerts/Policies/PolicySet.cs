using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;

namespace Vigie.Hub.Alerts.Policies;

/// <summary>The policy in force, and what it says of a host. It follows what another process applies.</summary>
sealed class PolicySet
{
    /// <summary>What a sender may say of its host's tags: names with commas between.</summary>
    public const string TagsAttribute = "vigie.tags";

    readonly PolicyStore _store;
    readonly HubOptions _options;
    readonly HostDirectory _hosts;

    volatile Snapshot _now;

    sealed record Snapshot(long Id, Policy Policy, string? Error);

    public PolicySet(PolicyStore store, HubOptions options, HostDirectory hosts)
    {
        (_store, _options, _hosts) = (store, options, hosts);
        _now = Read(Policy.None);
    }

    public Policy Current => _now.Policy;

    /// <summary>Why the stored one can't be read; the one before it stays in force then.</summary>
    public string? Error => _now.Error;

    /// <summary>Changes when another policy is in force.</summary>
    public long Version => _now.Id;

    public void Refresh()
    {
        if (_store.Newest() != _now.Id)
            _now = Read(_now.Policy);
    }

    Snapshot Read(Policy before)
    {
        if (_store.Current() is not { } applied)
            return new(0, Policy.None, null);
        try
        {
            // Its channels were checked when it was applied; one that was taken away since is told of where it is missed.
            return new(applied.Id, new PolicyFile(_options.Server.TimeZone).Parse(applied.Text, "the policy", channels: null), null);
        }
        catch (RuleFileException e)
        {
            return new(applied.Id, before, e.Message); // one that a newer version has applied, say
        }
    }

    /// <summary>The tags of a host: those that the policy gives it, and those that its sender says.</summary>
    public IReadOnlyCollection<string> TagsOf(string host)
    {
        var tags = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (tag, patterns) in Current.Tags)
            if (patterns.Any(p => AlertMatch.Glob(p, host)))
                tags.Add(tag);
        if (_hosts.Find(host)?.Attributes.GetValueOrDefault(TagsAttribute) is { Length: > 0 } said)
            tags.UnionWith(said.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return tags;
    }

    /// <summary>Whether a rule is about this host.</summary>
    public bool IsFor(Rule rule, string host) =>
        rule.Hosts.Count == 0 || (TagsOf(host) is var tags && rule.Hosts.Any(h => AlertMatch.IsHost(h, host, tags)));

    /// <summary>The maintenance windows that cover an alert at a time.</summary>
    public IEnumerable<Window> WindowsOver(Alert alert, DateTimeOffset at) => Current.Windows.Count == 0 ? []
        : Current.Windows.Where(w => w.Covers(alert, TagsOf(alert.Host), at));
}
