using Vigie.Agent.Http;
using Vigie.Agent.Link;

namespace Vigie.Agent.Snapshots;

/// <summary>
/// Sends documents to a hub over HTTP: JSON, compressed by gzip, with a bearer token. The connection is kept: one goes out each minute, and to
/// make a new one by TLS takes longer than all the rounds of that minute.
/// </summary>
/// <param name="hub">The hub's address, as samples are sent to.</param>
/// <param name="token">Sent as bearer token; null for none.</param>
/// <param name="timeout">Of one request, reply included.</param>
/// <param name="time">For time-outs.</param>
/// <param name="pin">The key that the hub must show: <c>sha256/…</c>; null for any that the system trusts.</param>
public sealed class HttpSnapshotSink(Uri hub, string? token, TimeSpan timeout, TimeProvider time, string? pin = null) : ISnapshotSink, IDisposable
{
    const string Path = "/api/v1/hosts/snapshot";

    readonly HubHttp _hub = new(hub, token, timeout, time, pin);

    /// <summary>As a rule the hub has answered when this returns; when it takes longer, the calling thread is not kept waiting.</summary>
    public async ValueTask<ExportOutcome> SendAsync(string kind, string host, ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        var request = _hub.Post($"{Path}?kind={kind}&host={Uri.EscapeDataString(host)}", ("Content-Type", "application/json"), ("Content-Encoding", "gzip"));
        try
        {
            return Judge(await _hub.SendAsync(request, new Gzip().Compress(json.Span), ct));
        }
        catch (IOException e)
        {
            return new(ExportResult.Retry, Reason: e.Message);
        }
    }

    public void Dispose() => _hub.Dispose();

    static ExportOutcome Judge(HttpReply reply)
    {
        string said = $"the hub answered {reply.Status} {reply.Reason}";
        return reply switch
        {
            { IsSuccess: true } => ExportOutcome.Ok,
            { Status: 404 } => new(ExportResult.Refused, Reason: "the hub is too old to take texts; renew it"),
            { MayBeAskedAgain: true } => new(ExportResult.Retry, Reason: said),
            _ => new(ExportResult.Refused, Reason: $"{said}: {reply.Text.Trim()}"),
        };
    }
}
