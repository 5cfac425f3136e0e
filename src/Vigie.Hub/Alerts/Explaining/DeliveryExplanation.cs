using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts.Explaining;

/// <summary>What came of an alert's messages, by the outbox and the log of deliveries.</summary>
sealed class DeliveryExplanation(OutboxStore outbox, DeliveryStore deliveries, ChannelSet channels) : IExplanation
{
    /// <summary>A channel that was away for a day has failed a hundred times: the first and the last tell enough.</summary>
    const int MostTries = 6;

    public int Place => 90;

    public IEnumerable<ExplanationLine> Of(Alert alert)
    {
        if (alert is not { Incident: { } incident, ToldMs: { } told })
            yield break; // and what stands between says why
        var notifications = outbox.OfIncident(incident);
        if (notifications.Count == 0)
            yield return new(DateTimeOffset.FromUnixTimeMilliseconds(told), channels.All.Count == 0
                ? "No message was put into the outbox: no channel is configured."
                : "No message was put into the outbox: no channel was configured, or no route led to one.");
        // Of an incident that has lasted, what was told before this alert came is not its story.
        foreach (var line in notifications.Where(n => n.Created.ToUnixTimeMilliseconds() >= told || n.Sent is null).SelectMany(Of))
            yield return line;
    }

    IEnumerable<ExplanationLine> Of(Notification notification)
    {
        string what = notification.Kind switch
        {
            NotificationKind.Resolved => "A message about its end",
            NotificationKind.Update => "An update",
            NotificationKind.Repeat => "A reminder",
            NotificationKind.Escalation => "A message of escalation",
            _ => "A message",
        };
        yield return new(notification.Created, notification.InsteadOf is { } other
            ? $"{what} was put for {notification.Channel}, because {other} could not tell it."
            : $"{what} was put for {notification.Channel}.");
        var tries = deliveries.Of(notification.Id);
        foreach (var (attempt, i) in tries.Select((t, i) => (t.Attempt, i)))
            if (i < MostTries / 2 || i >= tries.Count - (MostTries / 2))
                yield return new(attempt.At, Text(notification, attempt, i + 1));
            else if (i == MostTries / 2)
                yield return new(attempt.At, $"{notification.Channel} was tried {tries.Count - MostTries} times more in between.");
        if (notification is { Sent: null, Refused: null })
            yield return new(tries.Count > 0 ? tries[^1].Attempt.At : notification.Created, channels.Find(notification.Channel) is null
                ? $"The channel {notification.Channel} is not configured (any more), so it waits."
                : tries.Count > 0 ? $"It is tried again at {notification.Next:yyyy-MM-dd HH:mm:ss}Z." : "It was not tried yet.");
    }

    static string Text(Notification notification, Attempt attempt, int number) => attempt.Outcome switch
    {
        DeliveryOutcome.Sent => $"{notification.Channel} took it after {Texts.English.Duration(attempt.At - notification.Created)}"
            + (number > 1 ? $", at try {number}" : "") + $": {attempt.Reply}",
        DeliveryOutcome.Refused => $"{notification.Channel} refused it for good: {attempt.Reply}",
        _ => $"{notification.Channel} did not take it (try {number}): {attempt.Reply}",
    };
}
