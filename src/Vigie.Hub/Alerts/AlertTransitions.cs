using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Hub.Alerts;

/// <summary>The state machine of one round, inside its transaction.</summary>
sealed class AlertTransitions(SqliteConnection connection, SqliteTransaction transaction, IReadOnlyList<Alert> open, DateTimeOffset now,
    Func<string, Rule, bool> isSilent)
{
    readonly Dictionary<(string, Labels), Alert> _open = open.ToDictionary(a => (a.Rule, a.Labels));
    readonly List<Alert> _changed = [];
    readonly long _nowMs = now.ToUnixTimeMilliseconds();

    public IReadOnlyList<Alert> Apply(IReadOnlyList<(Rule Rule, IReadOnlyList<SeriesSamples> Answer)> answers)
    {
        foreach (var (rule, answer) in answers)
        {
            var seen = new HashSet<Labels>();
            foreach (var series in answer)
            {
                var labels = series.Labels.Without(Labels.MetricName);
                seen.Add(labels);
                One(rule, labels, series.Values.Span[^1]);
            }
            foreach (var alert in _open.Values.Where(a => a.Rule == rule.Name && !seen.Contains(a.Labels)).ToList())
                Vanished(rule, alert);
        }
        return _changed;
    }

    /// <summary>Those that are pending or firing afterwards.</summary>
    public IReadOnlyList<Alert> Open => [.. _open.Values];

    /// <summary>Ends the alerts of rules that are not in force any more.</summary>
    public void EndOthers(IReadOnlyCollection<Rule> inForce)
    {
        var names = inForce.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var alert in _open.Values.Where(a => !names.Contains(a.Rule)).ToList())
            End(alert, alert.Value);
    }

    void One(Rule rule, Labels labels, double value)
    {
        _open.TryGetValue((rule.Name, labels), out var alert);
        // Once it fires it goes on until the value has left the edge behind, or one alert would become many.
        double? least = alert is { State: AlertState.Firing } ? rule.Clear ?? rule.Threshold : rule.Threshold;
        bool holds = least is null || value >= least;
        if (!holds)
        {
            if (alert is not null && !double.IsNaN(value)) // not a number is no proof that it is over
                Over(rule, alert, value);
            return;
        }
        if (alert is null)
        {
            bool atOnce = rule.For == TimeSpan.Zero;
            alert = AlertStore.Begin(connection, transaction,
                new(0, rule.Name, labels, rule.Severity, atOnce ? AlertState.Firing : AlertState.Pending,
                _nowMs, atOnce ? _nowMs : null, null, value, rule.Threshold));
            Changed(alert);
        }
        else if (alert.State == AlertState.Pending && _nowMs - alert.SinceMs >= rule.For.TotalMilliseconds)
        {
            alert = alert with { State = AlertState.Firing, FiredMs = _nowMs, Value = value };
            AlertStore.Update(connection, transaction, alert);
            Changed(alert);
        }
        else if (!alert.Value.Equals(value) || rule.KeepFiringFor > TimeSpan.Zero)
        {
            alert = alert with { Value = value, HeldMs = rule.KeepFiringFor > TimeSpan.Zero ? _nowMs : null };
            AlertStore.Update(connection, transaction, alert);
            _open[(rule.Name, labels)] = alert;
        }
    }

    /// <summary>The series is gone. From a host that is silent that means nothing; from one that reports, it is over.</summary>
    void Vanished(Rule rule, Alert alert)
    {
        if (alert.Host.Length == 0 || !isSilent(alert.Host, rule))
            Over(rule, alert, alert.Value);
    }

    /// <summary>The rule does not hold any more; some are to go on for a while, so that a value at the edge makes one alert.</summary>
    void Over(Rule rule, Alert alert, double value)
    {
        if (alert.State != AlertState.Firing || _nowMs - (alert.HeldMs ?? alert.FiredMs) >= rule.KeepFiringFor.TotalMilliseconds)
            End(alert, value);
    }

    void End(Alert alert, double value)
    {
        _open.Remove((alert.Rule, alert.Labels));
        if (alert.State == AlertState.Pending)
        {
            AlertStore.Forget(connection, transaction, alert.Id);
            return;
        }
        var ended = alert with { State = AlertState.Resolved, ResolvedMs = _nowMs, Value = value };
        AlertStore.Update(connection, transaction, ended);
        _changed.Add(ended);
    }

    void Changed(Alert alert)
    {
        _open[(alert.Rule, alert.Labels)] = alert;
        _changed.Add(alert);
    }
}
