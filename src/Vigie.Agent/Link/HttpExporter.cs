using Vigie.Agent.Http;

namespace Vigie.Agent.Link;

/// <summary>
/// Sends OTLP/HTTP: protobuf, compressed by gzip, with a bearer token. Tells by the specification's rules what may be tried again:
/// 429, 502, 503, 504, a broken connection and a time-out, and nothing else.
/// </summary>
public sealed class HttpExporter : IExporter, IDisposable
{
    const string Protobuf = "application/x-protobuf";

    readonly HubHttp _hub;
    readonly HttpRequest _request;
    readonly TimeProvider _time;
    readonly Gzip _gzip = new();

    /// <param name="hub">The hub's address; <c>/v1/metrics</c> is appended unless the path already ends so.</param>
    /// <param name="token">Sent as bearer token; null for none.</param>
    /// <param name="timeout">Of one request, reply included.</param>
    /// <param name="time">For time-outs and dates.</param>
    /// <param name="pin">The key that the hub must show: <c>sha256/…</c>; null for any that the system trusts.</param>
    public HttpExporter(Uri hub, string? token, TimeSpan timeout, TimeProvider time, string? pin = null)
    {
        _hub = new(hub, token, timeout, time, pin);
        _request = _hub.Post(HubHttp.MetricsPath, ("Content-Type", Protobuf), ("Content-Encoding", "gzip"));
        _time = time;
    }

    /// <summary>As a rule the hub has answered when this returns; when it takes longer, the calling thread is not kept waiting.</summary>
    public ValueTask<ExportOutcome> SendAsync(ReadOnlyMemory<byte> otlp, int samples, CancellationToken ct)
    {
        var call = _hub.SendAsync(_request, _gzip.Compress(otlp.Span), ct);
        return call.IsCompletedSuccessfully ? new(Judge(call.Result)) : JudgeAsync(call);
    }

    async ValueTask<ExportOutcome> JudgeAsync(ValueTask<HttpReply> call)
    {
        try
        {
            return Judge(await call);
        }
        catch (IOException e)
        {
            return new(ExportResult.Retry, Reason: e.Message);
        }
    }

    ExportOutcome Judge(HttpReply reply)
    {
        bool protobuf = reply.Header("content-type"u8).StartsWith("application/x-protobuf"u8);
        if (reply.Status == 200)
        {
            var (rejected, message) = protobuf && reply.Body.Length > 0 ? ExportReply.PartialSuccess(reply.Body) : default;
            return rejected > 0
                ? new(ExportResult.Accepted, (int)Math.Min(rejected, int.MaxValue), $"the hub rejected {rejected} samples: {message}")
                : message is { Length: > 0 } ? new(ExportResult.Accepted, Reason: $"the hub warns: {message}")
                : ExportOutcome.Ok;
        }
        bool again = reply.MayBeAskedAgain;
        var wait = again ? ExportReply.RetryAfter(System.Text.Encoding.UTF8.GetString(reply.Header("retry-after"u8)), _time.GetUtcNow()) : null;
        string reason = Explain(reply, protobuf ? ExportReply.StatusMessage(reply.Body) : "");
        return new(again ? ExportResult.Retry : ExportResult.Refused, Reason: reason, RetryAfter: wait);
    }

    string Explain(HttpReply reply, string message)
    {
        var said = $"{_hub.Authority} answered {reply.Status} {reply.Reason}{(message.Length > 0 ? $": {message}" : "")}";
        return reply.Status switch
        {
            401 => $"{said}; check the token (vigie token list on the hub)",
            403 => $"{said}; the token needs the scope write",
            404 => $"{said}; check the hub's address",
            _ => said,
        };
    }

    public void Dispose() => _hub.Dispose();
}
