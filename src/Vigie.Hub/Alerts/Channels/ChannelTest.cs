using Vigie.Hub.Alerts.Incidents;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>A made-up alert by one channel, now, for whoever wants to see that it works. It stands in the log of deliveries.</summary>
sealed class ChannelTest(ChannelSet channels, IncidentComposer composer, DeliveryStore deliveries, TimeProvider time)
{
    /// <summary>What has come of it; null when there is no such channel.</summary>
    public async Task<Delivery?> SendAsync(string name, CancellationToken ct)
    {
        if (channels.Find(name) is not { } channel)
            return null;
        var message = await composer.ComposeTestAsync(name, time.GetUtcNow(), ct);
        var delivery = await SendAsync(channel, message, ct);
        if (delivery.Outcome == DeliveryOutcome.Sent && channel.Channel.OpensIncidents)
            await SendAsync(channel, Recovery(message), ct);
        return delivery;
    }

    async Task<Delivery> SendAsync(NamedChannel channel, Message message, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        var delivery = await channel.Channel.SendAsync(message, ct);
        await deliveries.AddAsync(new(0, channel.Name, time.GetUtcNow(), time.GetElapsedTime(began), delivery.Outcome,
            delivery.Reason ?? delivery.Reply), ct);
        return delivery;
    }

    /// <summary>A service that pages people must not go on doing so for a test.</summary>
    Message Recovery(Message message) => message with
    {
        MessageId = "resolved-" + message.MessageId,
        ThreadId = message.MessageId,
        Facts = message.Facts with
        {
            Status = MessageStatus.Resolved,
            Alerts = [.. message.Facts.Alerts.Select(a => a with { Status = MessageStatus.Resolved, Ended = time.GetUtcNow() })],
        },
    };
}
