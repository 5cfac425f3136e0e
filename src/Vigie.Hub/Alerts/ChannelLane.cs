using Vigie.Core.Metrics;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;
using Vigie.Storage;

namespace Vigie.Hub.Alerts;

/// <summary>
/// The messages of one channel, one after the other. What the channel can't take now is tried again, later and later; while it
/// fails, its other messages wait as well, and its fallback tells what has waited too long.
/// </summary>
sealed class ChannelLane(string name, NamedChannel? channel, OutboxStore outbox, IReadOnlyList<IComposer> composers, HubOptions options,
    TimeProvider time, ILogger log)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30), LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>How long a failing channel is left alone at most: so late may its recovery be noticed.</summary>
    static readonly TimeSpan LongestQuiet = TimeSpan.FromMinutes(5);

    const int MostAtOnce = 100;

    static readonly TimeSpan DeadlineOfNone = TimeSpan.FromDays(1);

    readonly SemaphoreSlim _one = new(1, 1);
    readonly Texts _texts = Texts.Of(options.Server.Language);

    int _failures;
    DateTimeOffset _quietUntil;
    string? _lastReason;

    /// <summary>Not left alone at the moment.</summary>
    bool IsOpen => time.GetUtcNow() >= _quietUntil;

    TimeSpan Deadline => channel?.Options.Deadline ?? DeadlineOfNone;

    /// <summary>Returns how many messages were sent.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            int sent = 0;
            while (IsOpen && outbox.Due(name, time.GetUtcNow(), MostAtOnce) is { Count: > 0 } due)
                foreach (var next in due.TakeWhile(_ => IsOpen))
                    sent += await SendAsync(next, ct) ? 1 : 0;
            if (_failures > 0)
                await GiveUpAsync(ct);
            return sent;
        }
        finally
        {
            _one.Release();
        }
    }

    async Task<bool> SendAsync(Notification notification, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        bool isOurs = false;
        Delivery delivery;
        try
        {
            delivery = channel is null
                ? Delivery.Retry($"the channel {name} is not configured")
                : await MessageAsync(notification, ct) is { } message ? await channel.Channel.SendAsync(message, ct)
                : Delivery.Refused("what it tells of no longer exists");
        }
        catch (Exception e) when (e is not (OperationCanceledException or StoreUnavailableException or DatabaseException))
        {
            // Our mistake with one message must not keep the others from going.
            Log.MessageFailed(log, notification.Id, name, e);
            (delivery, isOurs) = (Delivery.Retry($"the message can't be made: {e.Message}"), true);
        }
        var now = time.GetUtcNow();
        if (delivery.Outcome == DeliveryOutcome.Retry && now - notification.Created >= Deadline)
            delivery = Delivery.Refused(GaveUp(delivery.Reason!));
        // What the other side has answered is noted also while the hub stops: else it would be told twice.
        await NoteAsync(notification, delivery, isOurs, now, time.GetElapsedTime(began), CancellationToken.None);
        return delivery.Outcome == DeliveryOutcome.Sent;
    }

    async Task NoteAsync(Notification notification, Delivery delivery, bool isOurs, DateTimeOffset now, TimeSpan took, CancellationToken ct)
    {
        var attempt = new Attempt(notification.Id, name, now, took, delivery.Outcome, delivery.Reason ?? delivery.Reply);
        if (delivery.Outcome == DeliveryOutcome.Retry)
        {
            var next = now + Longer(Pause(notification.Attempts, LongestPause), delivery.After);
            Log.DeliveryRetried(log, notification.Id, name, delivery.Reason!, next);
            if (!isOurs)
                (_quietUntil, _lastReason) = (now + Longer(Pause(_failures++, LongestQuiet), delivery.After), delivery.Reason);
            await outbox.NoteAsync(notification, attempt, next, null, ct);
            return;
        }
        if (delivery.Outcome == DeliveryOutcome.Refused)
            Log.DeliveryRefused(log, notification.Id, name, delivery.Reason!);
        await outbox.NoteAsync(notification, attempt, null, delivery.Outcome == DeliveryOutcome.Refused ? Fallback : null, ct);
        if (delivery.Outcome == DeliveryOutcome.Sent && _failures > 0)
        {
            (_failures, _lastReason) = (0, null);
            await outbox.HurryAsync(name, now, ct);
        }
    }

    /// <summary>What a failing channel has not told for long goes by its fallback as well, and is given up at its deadline.</summary>
    async Task GiveUpAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (Fallback is { } fallback)
            await outbox.FallBackAsync(name, fallback, now - channel!.Options.FallbackAfter, now, ct);
        foreach (var notification in outbox.Overdue(name, now - Deadline, most: 100))
        {
            string reason = GaveUp(_lastReason!);
            Log.DeliveryRefused(log, notification.Id, name, reason);
            await outbox.NoteAsync(notification, new(notification.Id, name, now, TimeSpan.Zero, DeliveryOutcome.Refused, reason), null, Fallback, ct);
        }
    }

    string? Fallback => channel?.Options.Fallback is { Length: > 0 } fallback ? fallback : null;

    string GaveUp(string reason) => $"gave up after {Quantities.Text(Deadline)}: {reason}";

    async Task<Message?> MessageAsync(Notification notification, CancellationToken ct)
    {
        var message = await composers.First(c => c.Kinds.Contains(notification.Kind)).ComposeAsync(notification, ct);
        return notification.InsteadOf is { } other
            ? message?.WithNote(_texts.Format("The channel {0} can't tell this, so it comes by {1}.", other, name))
            : message;
    }

    /// <summary>Twice as long each time, and spread a little, so that not everybody knocks at once when a service is back.</summary>
    static TimeSpan Pause(int failures, TimeSpan longest) =>
        TimeSpan.FromTicks(Math.Min(longest.Ticks, FirstPause.Ticks << Math.Min(failures, 10))) * (1 - Random.Shared.NextDouble() / 5);

    static TimeSpan Longer(TimeSpan pause, TimeSpan? asked) => asked > pause ? asked.Value : pause;
}
