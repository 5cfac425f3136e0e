using Vigie.Hub.Alerts.Channels;

namespace Vigie.Hub.Alerts;

/// <summary>Writes the message for a line of the outbox, at the moment it is sent.</summary>
interface IComposer
{
    IReadOnlyList<NotificationKind> Kinds { get; }

    /// <summary>Null when what it tells of no longer exists.</summary>
    Task<Message?> ComposeAsync(Notification notification, CancellationToken ct);
}
