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

    /// <summary>What the other side has answered when it took the message; holds no secret.</summary>
    public string? Reply { get; init; }

    /// <summary>How long the other side wants to be left alone.</summary>
    public TimeSpan? After { get; init; }

    public static Delivery Taken(string reply) => new(DeliveryOutcome.Sent) { Reply = reply };

    public static Delivery Retry(string reason, TimeSpan? after = null) => new(DeliveryOutcome.Retry, reason) { After = after };

    public static Delivery Refused(string reason) => new(DeliveryOutcome.Refused, reason);
}

/// <summary>A way to tell people. It never throws for what the outside does: that is a <see cref="Delivery"/>.</summary>
interface IChannel
{
    /// <summary>Where its messages go, for people: a host, a program. Never a whole address, for that is often a secret.</summary>
    string Target { get; }

    /// <summary>Whether the other side holds an incident open, and calls people, until it is told of the end.</summary>
    bool OpensIncidents => false;

    Task<Delivery> SendAsync(Message message, CancellationToken ct);
}

/// <summary>What config.json calls this kind of channel. Its settings are the record that its constructor takes.</summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class ChannelKindAttribute(string name, string help) : Attribute
{
    public string Name { get; } = name;

    public string Help { get; } = help;
}
