using Vigie.Hub.Alerts.Explaining;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>Which incident an alert is in, and what people did with it.</summary>
sealed class IncidentExplanation(IncidentStore incidents, HubOptions options, TimeProvider time) : IExplanation
{
    static readonly Texts T = Texts.English;

    public int Place => 50;

    public IEnumerable<ExplanationLine> Of(Alert alert)
    {
        if (alert is { State: AlertState.Firing, Incident: null, FiredMs: { } fired })
        {
            var wait = options.Incidents.WaitOf(alert.Severity);
            if (time.GetUtcNow() - At(fired) < wait)
                yield return new(time.GetUtcNow(), $"It waits {T.Duration(wait)} for others with the same cause.");
            yield break;
        }
        if (alert is not { Incident: { } id, ToldMs: { } told } || incidents.Find(id) is not { } incident)
            yield break;
        yield return new(At(told), incident.OpenedMs == told ? $"It opened the incident {id}." : $"It joined the incident {id}.");
        foreach (var e in incidents.History(id).Where(e => e.At >= At(told)))
            if (Text(incident, e) is { } text)
                yield return new(e.At, text);
    }

    static string? Text(Incident incident, IncidentEvent e) => e.Kind switch
    {
        IncidentEventKind.Acknowledged => $"{e.By} acknowledged the incident{Note(e)}, so it was not repeated.",
        IncidentEventKind.Withdrawn => $"{e.By} took the acknowledgement back.",
        IncidentEventKind.Noted => $"{e.By} noted: {e.Text}",
        IncidentEventKind.Escalated => e.Text,
        IncidentEventKind.Flapping => e.Text,
        IncidentEventKind.Ended => $"The incident {incident.Id} ended.",
        _ => null,
    };

    static string Note(IncidentEvent e) => e.Text.Length > 0 ? $" ({e.Text})" : "";

    static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
