using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts;

/// <summary>Takes due messages from the outbox to their channels: a lane for each, so that none waits for another.</summary>
sealed class OutboxDelivery
{
    readonly OutboxStore _outbox;
    readonly Dictionary<string, ChannelLane> _lanes;
    readonly Func<string, ChannelLane> _lane;

    public OutboxDelivery(OutboxStore outbox, ChannelSet channels, IEnumerable<IComposer> composers, HubOptions options, TimeProvider time,
        ILogger<OutboxDelivery> log)
    {
        _outbox = outbox;
        _lane = name => new(name, channels.Find(name), outbox, [.. composers], options, time, log);
        _lanes = channels.Configured.ToDictionary(name => name, _lane, StringComparer.Ordinal);
    }

    /// <summary>One round of all channels. Returns how many messages were sent.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var rounds = _lanes.Values.Select(l => l.RunAsync(ct)).Append(RunOthersAsync(ct)).ToList();
        return (await Task.WhenAll(rounds)).Sum();
    }

    /// <summary>One round of one channel.</summary>
    public Task<int> RunAsync(string channel, CancellationToken ct) => _lanes[channel].RunAsync(ct);

    /// <summary>Messages for channels that are not configured any more wait, too, until their time is over.</summary>
    public async Task<int> RunOthersAsync(CancellationToken ct)
    {
        foreach (string channel in _outbox.Waiting().Where(c => !_lanes.ContainsKey(c)))
            await _lane(channel).RunAsync(ct);
        return 0;
    }
}
