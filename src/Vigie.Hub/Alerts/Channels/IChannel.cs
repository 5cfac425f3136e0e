namespace Vigie.Hub.Alerts.Channels;

enum DeliveryOutcome
{
    Sent,

    /// <summary>It may work later.</summary>
    Retry,

    /// <summary>It will never work: the message itself is refused.</summary>
    Refused,
}

/// <param name="Reason">Why not, for people; holds no secret.</param>
readonly record struct Delivery(DeliveryOutcome Outcome, string? Reason = null)
{
    public static Delivery Sent { get; } = new(DeliveryOutcome.Sent);

    public static Delivery Retry(string reason) => new(DeliveryOutcome.Retry, reason);

    public static Delivery Refused(string reason) => new(DeliveryOutcome.Refused, reason);
}

/// <summary>A message as people read it, whatever the channel.</summary>
/// <param name="ThreadId">Same for an alert and its recovery.</param>
/// <param name="MessageId">Same for each try of one message, so that a receiver can drop a second copy.</param>
sealed record Message(string Subject, string Text, string Html, byte[]? Picture, string PictureName, string MessageId, string? ThreadId);

/// <summary>A way to tell people. It never throws for what the outside does: that is a <see cref="Delivery"/>.</summary>
interface IChannel
{
    string Name { get; }

    bool IsConfigured { get; }

    Task<Delivery> SendAsync(Message message, CancellationToken ct);
}

/// <summary>All channels of the hub.</summary>
sealed class ChannelSet(IEnumerable<IChannel> channels)
{
    public IReadOnlyList<IChannel> All { get; } = [.. channels];

    public IReadOnlyList<string> Configured => [.. All.Where(c => c.IsConfigured).Select(c => c.Name)];

    public IChannel? Find(string name) => All.FirstOrDefault(c => c.Name == name);
}
