using Vigie.Core.Metrics;
using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Alerts.Stages;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;
using Vigie.PromQL;
using Vigie.Storage;

namespace Vigie.Hub.Alerts;

/// <summary>
/// Asks each rule's question at one instant and moves alerts between pending, firing and resolved. A change of state and
/// the message it calls for are one transaction; all state is in the database, so a restart neither repeats nor forgets.
/// </summary>
sealed class AlertEngine(QueryEngine engine, Database database, RuleSet rules, GroupRound groups, HostDirectory hosts,
    PolicySet policies, Routing routing, AlertPipeline pipeline, HubOptions options, TimeProvider time, ILogger<AlertEngine> log)
{
    readonly SemaphoreSlim _one = new(1, 1);
    readonly Dictionary<string, DateTimeOffset> _asked = new(StringComparer.Ordinal);

    /// <summary>Raised when an alert has fired or was resolved.</summary>
    public event Action? Changed;

    /// <summary>Why a rule could not be evaluated at the last round, by rule.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>One round over all rules. Returns the alerts that changed their state.</summary>
    public async Task<IReadOnlyList<Alert>> EvaluateAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var now = time.GetUtcNow();
            var answers = new List<(Rule Rule, IReadOnlyList<SeriesSamples> Answer)>();
            var errors = new Dictionary<string, string>(StringComparer.Ordinal);
            rules.Refresh();
            foreach (var rule in rules.Own)
            {
                // What is dear and moves slowly is asked seldom; its alerts stay as they are meanwhile.
                if (rule.Every > TimeSpan.Zero && _asked.TryGetValue(rule.Name, out var last) && now - last < rule.Every && now >= last)
                    continue;
                _asked[rule.Name] = now;
                try
                {
                    var answer = (await engine.InstantAsync(rule.Parsed, now.ToUnixTimeMilliseconds(), ct)).Series();
                    answers.Add((rule, rule.Hosts.Count == 0 ? answer : [.. answer.Where(s => policies.IsFor(rule, s.Labels["host"]))]));
                }
                catch (Exception e) when (e is PromQLException or StoreUnavailableException or DatabaseException)
                {
                    // An unanswered question is no answer: its alerts stay as they are.
                    errors[rule.Name] = e.Message;
                    if (Errors.GetValueOrDefault(rule.Name) != e.Message)
                        Log.RuleFailed(log, rule.Name, e.Message);
                }
            }
            answers.AddRange(await groups.EvaluateAsync(rules.Groups, now, ct));
            foreach (var (rule, reason) in groups.Errors.Concat(rules.Errors))
            {
                errors[rule] = reason;
                if (Errors.GetValueOrDefault(rule) != reason)
                    Log.RuleFailed(log, rule, reason);
            }
            Errors = errors;
            var changed = await database.WriteAsync((connection, transaction) =>
            {
                var transitions = new AlertTransitions(connection, transaction, AlertStore.Open(connection), now, IsSilent);
                transitions.EndOthers(rules.All);
                var moved = transitions.Apply(answers);
                new IncidentRound(connection, transaction, transitions.Open, pipeline, rules, routing, options.Incidents, now).Run();
                return moved;
            }, ct);
            foreach (var alert in changed.Where(a => a.State != AlertState.Pending))
                Log.AlertChanged(log, alert.Rule, alert.Labels.ToString(), alert.State.ToString().ToLowerInvariant());
            if (changed.Any(a => a.State != AlertState.Pending))
                Changed?.Invoke();
            return changed;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>No report is young enough for the rule to see it: what is missing from its answer proves nothing.</summary>
    bool IsSilent(string host, Rule rule) => hosts.Find(host) is { } known && known.Last <= time.GetUtcNow() - rules.Reach(rule);
}
