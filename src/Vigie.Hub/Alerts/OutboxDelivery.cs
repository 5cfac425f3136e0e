using Vigie.Hub.Alerts.Channels;

namespace Vigie.Hub.Alerts;

/// <summary>Takes due messages from the outbox to their channels. What a channel can't take now is tried again, later and later.</summary>
sealed class OutboxDelivery(OutboxStore outbox, ChannelSet channels, IEnumerable<IComposer> composers, TimeProvider time,
    ILogger<OutboxDelivery> log)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30), LongestPause = TimeSpan.FromMinutes(15);

    readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Returns how many messages were sent.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            int sent = 0;
            foreach (var notification in outbox.Due(time.GetUtcNow(), most: 100))
                sent += await SendAsync(notification, ct) ? 1 : 0;
            return sent;
        }
        finally
        {
            _one.Release();
        }
    }

    async Task<bool> SendAsync(Notification notification, CancellationToken ct)
    {
        var delivery = channels.Find(notification.Channel)?.Channel is not { } channel
            ? Channels.Delivery.Retry($"the channel {notification.Channel} is not configured")
            : await MessageAsync(notification, ct) is { } message ? await channel.SendAsync(message, ct)
            : Channels.Delivery.Refused("what it tells of no longer exists");
        var now = time.GetUtcNow();
        switch (delivery.Outcome)
        {
            case DeliveryOutcome.Sent:
                await outbox.SentAsync(notification.Id, now, ct);
                return true;
            case DeliveryOutcome.Refused:
                Log.DeliveryRefused(log, notification.Id, notification.Channel, delivery.Reason!);
                await outbox.RefusedAsync(notification.Id, delivery.Reason!, now, ct);
                return false;
            default:
                var next = now + Pause(notification.Attempts);
                Log.DeliveryRetried(log, notification.Id, notification.Channel, delivery.Reason!, next);
                await outbox.RetryAsync(notification.Id, delivery.Reason!, next, ct);
                return false;
        }
    }

    Task<Message?> MessageAsync(Notification notification, CancellationToken ct) =>
        composers.First(c => c.Kinds.Contains(notification.Kind)).ComposeAsync(notification, ct);

    static TimeSpan Pause(int attempts) => TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(attempts, 10)));
}
