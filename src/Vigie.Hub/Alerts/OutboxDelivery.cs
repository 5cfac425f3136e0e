using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts;

/// <summary>Takes due messages from the outbox to their channels: a lane for each, so that none waits for another.</summary>
sealed class OutboxDelivery
{
    /// <summary>So long a round waits for the lanes of channels that come and go; one that takes longer goes on by itself.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    readonly OutboxStore _outbox;
    readonly ChannelSet _channels;
    readonly TimeProvider _time;
    readonly Dictionary<string, ChannelLane> _lanes;
    readonly Dictionary<string, OtherLane> _others = new(StringComparer.Ordinal);
    readonly Func<string, ChannelLane> _lane;

    /// <param name="Channel">As it was when the lane was made; a changed one gets a new lane.</param>
    sealed record OtherLane(NamedChannel? Channel, ChannelLane Lane)
    {
        public Task<int> Running { get; set; } = Task.FromResult(0);
    }

    public OutboxDelivery(OutboxStore outbox, ChannelSet channels, IEnumerable<IComposer> composers, HubOptions options, TimeProvider time,
        ILogger<OutboxDelivery> log)
    {
        (_outbox, _channels, _time) = (outbox, channels, time);
        _lane = name => new(name, channels.Find(name), outbox, [.. composers], options, time, log);
        _lanes = channels.Configured.ToDictionary(c => c.Name, c => _lane(c.Name), StringComparer.Ordinal);
    }

    /// <summary>One round of all channels. Returns how many messages were sent.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var rounds = _lanes.Values.Select(l => l.RunAsync(ct)).Append(RunOthersAsync(ct)).ToList();
        return (await Task.WhenAll(rounds)).Sum();
    }

    /// <summary>One round of one channel.</summary>
    public Task<int> RunAsync(string channel, CancellationToken ct) => _lanes[channel].RunAsync(ct);

    /// <summary>
    /// One round of the policy's channels, and of those that are gone: their messages wait until their time is over.
    /// Not to be called again before it has returned.
    /// </summary>
    public async Task<int> RunOthersAsync(CancellationToken ct)
    {
        var running = new List<Task<int>>();
        foreach (string name in _outbox.Waiting().Where(c => !_lanes.ContainsKey(c)))
        {
            var channel = _channels.Find(name);
            if (!_others.TryGetValue(name, out var other) || other.Channel != channel)
                _others[name] = other = new(channel, _lane(name));
            if (other.Running.IsCompleted)
                other.Running = other.Lane.RunAsync(ct);
            running.Add(other.Running);
        }
        try
        {
            return (await Task.WhenAll(running).WaitAsync(Patience, _time, ct)).Sum();
        }
        catch (TimeoutException)
        {
            return 0; // one of them hangs; the others have gone
        }
    }
}
