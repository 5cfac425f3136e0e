using System.Collections.Concurrent;
using Vigie.Core.Metrics;
using Vigie.Hub.Configuration;
using Vigie.PromQL;
using Vigie.Storage;

namespace Vigie.Hub.Alerts.Groups;

/// <summary>Evaluates the imported groups that are due: in each, rule after rule, so that one sees what those before it record.</summary>
sealed class GroupRound(QueryEngine engine, MetricStore store, HubOptions options)
{
    readonly Dictionary<string, DateTimeOffset> _last = new(StringComparer.Ordinal);
    readonly Dictionary<GroupRule, RecordedSeries> _recorded = new(ReferenceEqualityComparer.Instance);
    readonly ConcurrentDictionary<string, string> _errors = new(StringComparer.Ordinal);

    /// <summary>Why a rule could not be evaluated the last time, by <c>group/rule</c>.</summary>
    public IReadOnlyDictionary<string, string> Errors => _errors;

    /// <summary>When a group was evaluated the last time; null when it was not yet.</summary>
    public DateTimeOffset? LastOf(string group)
    {
        lock (_last)
            return _last.TryGetValue(group, out var last) ? last : null;
    }

    /// <summary>The answers of the alerting rules that were asked. What is recorded is stored when this returns.</summary>
    public async Task<IReadOnlyList<(Rule Rule, IReadOnlyList<SeriesSamples> Answer)>> EvaluateAsync(
        IReadOnlyList<RuleGroup> groups, DateTimeOffset now, CancellationToken ct)
    {
        Forget(groups);
        var answers = new List<(Rule, IReadOnlyList<SeriesSamples>)>();
        foreach (var group in groups.Where(g => IsDue(g, now)))
        {
            lock (_last)
                _last[group.Name] = now;
            var alerts = group.Alerts;
            foreach (var rule in group.Rules)
            {
                string name = rule.IsAlert ? alerts[rule].Name : $"{group.Name}/{rule.Name}";
                try
                {
                    var answer = await AskAsync(group, rule, now, ct);
                    if (rule.IsAlert)
                        answers.Add((alerts[rule], answer));
                    else
                        await RecordAsync(group, rule, answer, now, ct);
                    _errors.TryRemove(name, out _);
                }
                catch (Exception e) when (e is PromQLException or RuleException or StoreUnavailableException or DatabaseException)
                {
                    _errors[name] = e.Message; // an unanswered question is no answer: its alerts stay as they are
                }
            }
        }
        return answers;
    }

    /// <summary>Rounds come by their own clock: half a round early is on time.</summary>
    bool IsDue(RuleGroup group, DateTimeOffset now) =>
        group.Interval is not { } interval || LastOf(group.Name) is not { } last || now - last >= interval - (options.Alerts.Every / 2);

    async Task<IReadOnlyList<SeriesSamples>> AskAsync(RuleGroup group, GroupRule rule, DateTimeOffset now, CancellationToken ct)
    {
        var answer = (await engine.InstantAsync(rule.Parsed, (now - group.Offset).ToUnixTimeMilliseconds(), ct)).Series();
        return group.Limit == 0 || answer.Count <= group.Limit ? answer
            : throw new RuleException($"it makes {answer.Count} series, and its group's limit is {group.Limit}");
    }

    async Task RecordAsync(RuleGroup group, GroupRule rule, IReadOnlyList<SeriesSamples> answer, DateTimeOffset now, CancellationToken ct)
    {
        if (!_recorded.TryGetValue(rule, out var recorded))
            _recorded[rule] = recorded = new(rule, group.LabelsOf(rule));
        var batch = recorded.Samples(answer, (now - group.Offset).ToUnixTimeMilliseconds());
        if (batch.Count > 0)
            await store.WriteAsync(batch, ct);
    }

    /// <summary>What is said of groups that are there no more, or were changed.</summary>
    void Forget(IReadOnlyList<RuleGroup> groups)
    {
        var rules = groups.SelectMany(g => g.Rules).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var rule in _recorded.Keys.Where(r => !rules.Contains(r)).ToList())
            _recorded.Remove(rule);
        var names = groups.Select(g => g.Name).ToHashSet(StringComparer.Ordinal);
        foreach (string name in _errors.Keys.Where(n => !names.Any(g => n.StartsWith(g + '/', StringComparison.Ordinal))))
            _errors.TryRemove(name, out _);
        lock (_last)
            foreach (string name in _last.Keys.Where(n => !names.Contains(n)).ToList())
                _last.Remove(name);
    }
}
