using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Watchdog;

/// <summary>The heartbeat can't be sent, or must not be.</summary>
sealed class HeartbeatException(string message) : OutsideException(message);

/// <summary>
/// Asks for an address of something that raises the alarm when nobody asks any more. A hub that is up but evaluates nothing is
/// as good as dead, so it then keeps silent.
/// </summary>
sealed class OutboundHeartbeat(HubOptions options, HttpSender http, IEnumerable<BackgroundLoop> loops, TimeProvider time)
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10), Slack = TimeSpan.FromMinutes(1);

    /// <exception cref="HeartbeatException">It was not sent; the message says why, without the address.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        var evaluated = loops.First(l => l.Name == HubLoops.AlertLoop).LastSuccess;
        if (evaluated is null || time.GetUtcNow() - evaluated > options.Alerts.Every * 3 + Slack)
            throw new HeartbeatException(evaluated is null
                ? "the heartbeat is withheld: alerts have not been evaluated yet"
                : $"the heartbeat is withheld: alerts were last evaluated at {evaluated:u}");
        Uri url;
        try
        {
            url = SecretText.Url(options.Watchdog.HeartbeatUrl, options.Watchdog.HeartbeatUrlFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new HeartbeatException($"Watchdog:HeartbeatUrlFile can't be used: {e.Message}");
        }
        var call = new HttpCall(url, [], "text/plain") { Method = HttpMethod.Get };
        var delivery = await http.SendAsync(call, "heartbeat", Timeout, ct);
        if (delivery.Outcome != DeliveryOutcome.Sent)
            throw new HeartbeatException(delivery.Reason!);
    }
}
