using System.Globalization;
using Microsoft.Data.Sqlite;
using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Alerts.Stages;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>What a round decides about incidents, inside its transaction: who joins which, and what is told.</summary>
/// <param name="alerts">All that are open, after the round's changes.</param>
sealed class IncidentRound(SqliteConnection connection, SqliteTransaction transaction, IReadOnlyList<Alert> alerts, AlertPipeline pipeline,
    RuleSet rules, Routing routing, IncidentOptions options, DateTimeOffset now)
{
    readonly long _nowMs = now.ToUnixTimeMilliseconds();
    readonly List<Incident> _open = [.. IncidentStore.Open(connection)];
    readonly Dictionary<long, List<Alert>> _firing = [];

    /// <summary>In which open incident an alert is, by its number.</summary>
    readonly Dictionary<long, long> _placed = [];

    public void Run()
    {
        var firing = alerts.Where(a => a.State == AlertState.Firing).ToList();
        foreach (var member in firing.Where(a => a.Incident is not null))
            Add(member.Incident!.Value, member);
        var loose = firing.Where(a => a.Incident is null).ToList();
        if (loose.Count > 0)
            Place(pipeline.Pass(loose, new(now, firing.ToLookup(a => a.Rule, StringComparer.Ordinal))), firing);
        foreach (var incident in _open.ToList())
            Tell(incident, Of(incident.Id));
    }

    void Add(long incident, Alert alert)
    {
        Of(incident).Add(alert);
        _placed[alert.Id] = incident;
    }

    List<Alert> Of(long incident)
    {
        if (!_firing.TryGetValue(incident, out var members))
            _firing[incident] = members = [];
        return members;
    }

    void Place(IReadOnlyList<Alert> alerts, IReadOnlyList<Alert> firing)
    {
        var mild = rules.All.Where(r => r.MutedBy is not null).ToLookup(r => r.MutedBy!, r => r.Name, StringComparer.Ordinal);
        // Those that are over count as well: what comes back belongs where it was.
        var members = AlertStore.Of(connection, [.. _open.Select(i => i.Id)]).ToLookup(a => (a.Rule, a.Labels), a => a.Incident!.Value);
        var louder = firing.ToLookup(a => (a.Rule, a.Labels));
        var muted = new List<Alert>();
        var rest = new List<Alert>();
        foreach (var alert in alerts)
            if (Louder(alert) is not null)
                muted.Add(alert);
            else if (Grouping.Find(alert, _open, members, Milder(alert.Rule), options.JoinWithin, _nowMs) is { } incident)
                Join(incident.Id, alert, isNews: !members[(alert.Rule, alert.Labels)].Contains(incident.Id));
            else
                rest.Add(alert);
        foreach (var (scope, group) in Grouping.Split(rest))
            if (group.Any(a => _nowMs - a.FiredMs >= options.WaitOf(a.Severity).TotalMilliseconds))
                Begin(scope, group);
        // What says the same less urgently goes where the other is, without a word; and waits with it.
        foreach (var alert in muted)
            if (_placed.TryGetValue(Louder(alert)!.Id, out long incident))
                Join(incident, alert, isNews: false);

        // What is milder than the milder one is so as well.
        IEnumerable<string> Milder(string rule) => mild[rule].SelectMany(m => Milder(m).Prepend(m));

        Alert? Louder(Alert alert) => rules.Louder(alert.Rule).SelectMany(rule => louder[(rule, alert.Labels)]).FirstOrDefault();
    }

    void Begin(string scope, IReadOnlyList<Alert> group)
    {
        string severity = Grouping.Worst(group);
        var incident = IncidentStore.Begin(connection, transaction, new(0, scope, severity, _nowMs, _nowMs, _nowMs, 1, null, null, null));
        _open.Add(incident);
        Take(incident.Id, group);
        Note(incident.Id, IncidentEventKind.Opened, Names(group));
        Put(incident, NotificationKind.Firing, Destinations(group));
    }

    void Join(long id, Alert newcomer, bool isNews)
    {
        int at = _open.FindIndex(i => i.Id == id);
        Take(id, [newcomer]);
        Note(id, IncidentEventKind.Joined, Names([newcomer]));
        var incident = _open[at] with { QuietMs = null };
        // An alert that has come back is no news: it is why the incident was still open.
        Save(at, isNews ? incident with { JoinedMs = _nowMs, NewsMs = incident.NewsMs ?? _nowMs } : incident);
    }

    void Take(long id, IReadOnlyList<Alert> newcomers)
    {
        foreach (var alert in newcomers)
        {
            var taken = alert with { Incident = id, ToldMs = _nowMs };
            AlertStore.Update(connection, transaction, taken);
            Add(id, taken);
        }
    }

    void Tell(Incident incident, IReadOnlyList<Alert> firing)
    {
        int at = _open.IndexOf(incident);
        if (firing.Count == 0)
            End(at, incident);
        else if (incident.NewsMs is not null && IsDue(incident, firing))
        {
            var told = incident with
            {
                NewsMs = null,
                ToldMs = _nowMs,
                Messages = incident.Messages + 1,
                Severity = Grouping.Worst(firing) == Severity.Critical ? Severity.Critical : incident.Severity,
            };
            Save(at, told);
            Put(told, NotificationKind.Update, [.. Destinations(firing).UnionBy(Told(incident), d => d.Channel)]);
        }
        else if (options.RepeatOf(Grouping.Worst(firing)) is var every && every > TimeSpan.Zero && _nowMs - incident.ToldMs >= every.TotalMilliseconds
            && !incident.IsAcknowledged(now))
        {
            var told = incident with { ToldMs = _nowMs, Messages = incident.Messages + 1 };
            Save(at, told);
            var ways = Destinations(firing).ToDictionary(d => d.Channel, StringComparer.Ordinal);
            Put(told, NotificationKind.Repeat, [.. Told(incident).Select(d => ways.GetValueOrDefault(d.Channel, d))]);
        }
        else if (!incident.IsAcknowledged(now) && Steps(incident, firing) is { Count: > 0 } steps)
            Escalate(at, incident, steps);
    }

    /// <summary>Newcomers that are worse than what was told do not wait for the others.</summary>
    bool IsDue(Incident incident, IReadOnlyList<Alert> firing) =>
        _nowMs - incident.ToldMs >= options.UpdateEvery.TotalMilliseconds
        || (incident.Severity != Severity.Critical && Grouping.Worst(firing) == Severity.Critical
            && _nowMs - incident.NewsMs >= options.WaitCritical.TotalMilliseconds);

    void End(int at, Incident incident)
    {
        var quiet = incident with { QuietMs = incident.QuietMs ?? _nowMs };
        bool flaps = AlertStore.MostOften(connection, incident.Id, _nowMs - (long)Flapping.Within.TotalMilliseconds) >= Flapping.Times;
        if (flaps && _nowMs - quiet.QuietMs < options.QuietAfterFlapping.TotalMilliseconds)
        {
            if (incident.QuietMs is null)
            {
                Note(incident.Id, IncidentEventKind.Flapping,
                    $"Its alerts come and go: it ends after {options.QuietAfterFlapping.TotalMinutes:0} quiet minutes.");
                Save(at, quiet);
            }
            return;
        }
        var ended = quiet with { EndedMs = _nowMs, NewsMs = null, Messages = incident.Messages + 1 };
        IncidentStore.Update(connection, transaction, ended);
        _open.RemoveAt(at);
        Note(incident.Id, IncidentEventKind.Ended, "");
        // Recovery goes where the incident went; who was not told of it need not hear that it is over.
        // Nor he for whom it still waits for the morning.
        var told = Told(incident).ToLookup(d => OutboxStore.TakeBack(connection, transaction, Reference(incident), d.Channel, _nowMs));
        foreach (var spared in told[true])
            Note(incident.Id, IncidentEventKind.Told, $"It was over before the quiet time of {spared.Channel} was, so nothing is told there.");
        Put(ended, NotificationKind.Resolved, [.. told[false]]);
    }

    /// <summary>The steps that are due, and were not taken.</summary>
    List<EscalationStep> Steps(Incident incident, IReadOnlyList<Alert> firing) => [.. firing.SelectMany(a => routing.StepsOf(a, now))
        .DistinctBy(s => (s.After, string.Join(',', s.Channels))).OrderBy(s => s.After).Skip(incident.Steps)
        .TakeWhile(s => _nowMs - incident.OpenedMs >= s.After.TotalMilliseconds)];

    void Escalate(int at, Incident incident, List<EscalationStep> steps)
    {
        var told = incident with { ToldMs = _nowMs, Messages = incident.Messages + 1, Steps = incident.Steps + steps.Count };
        Save(at, told);
        string[] channels = [.. steps.SelectMany(s => s.Channels).Distinct(StringComparer.Ordinal)];
        Note(incident.Id, IncidentEventKind.Escalated, $"Nobody had acknowledged it, so it was passed on to {string.Join(", ", channels)}.");
        Put(told, NotificationKind.Escalation, [.. channels.Select(c => new Destination(c, null))]);
    }

    IReadOnlyList<Destination> Told(Incident incident) =>
        [.. OutboxStore.Channels(connection, Reference(incident)).Select(c => new Destination(c, null))];

    /// <summary>Where these are to be told: at once if one of them is.</summary>
    IReadOnlyList<Destination> Destinations(IReadOnlyList<Alert> group) => [.. group.SelectMany(a => routing.Of(a, now))
        .GroupBy(d => d.Channel, StringComparer.Ordinal).Select(c => c.MinBy(d => d.NotBefore ?? DateTimeOffset.MinValue))];

    void Put(Incident incident, NotificationKind kind, IReadOnlyList<Destination> destinations)
    {
        // What still waits for its channel is written when it goes, and then tells this as well; only the end is a message of its own.
        foreach (var (channel, notBefore) in destinations)
            if (kind == NotificationKind.Resolved || !OutboxStore.IsWaiting(connection, Reference(incident), channel))
                OutboxStore.Put(connection, transaction, kind, Reference(incident), channel, _nowMs, number: incident.Messages,
                    notBeforeMs: notBefore?.ToUnixTimeMilliseconds());
            else if (notBefore is null)
                OutboxStore.LetGo(connection, transaction, Reference(incident), channel, _nowMs); // it has become urgent
    }

    void Save(int at, Incident incident)
    {
        _open[at] = incident;
        IncidentStore.Update(connection, transaction, incident);
    }

    void Note(long id, IncidentEventKind kind, string text) => IncidentStore.Note(connection, transaction, id, _nowMs, kind, "", text);

    /// <summary>For the history, which need not hold a thousand names.</summary>
    static string Names(IReadOnlyList<Alert> alerts)
    {
        const int Most = 10;
        string names = string.Join(", ", alerts.Take(Most).Select(a => $"{a.Rule} {a.Host} {a.Subject}".Trim()));
        return alerts.Count > Most ? $"{names}, … ({alerts.Count})" : names;
    }

    static string Reference(Incident incident) => incident.Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>When an alert is said to flap.</summary>
static class Flapping
{
    public const int Times = 3;

    public static readonly TimeSpan Within = TimeSpan.FromHours(1);
}
