using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;

namespace Vigie.Agent.Link;

/// <summary>
/// Sends OTLP/HTTP: protobuf, compressed by gzip, with a bearer token. Tells by the specification's rules what may be tried again:
/// 429, 502, 503, 504, a broken connection and a time-out, and nothing else.
/// </summary>
public sealed class HttpExporter : IExporter, IDisposable
{
    const int MostReply = 64 * 1024;

    readonly HttpClient _http;
    readonly Uri _target;
    readonly TimeSpan _timeout;
    readonly TimeProvider _time;
    readonly MemoryStream _compressed = new(16 * 1024);

    /// <param name="hub">The hub's address; <c>/v1/metrics</c> is appended unless the path already ends so.</param>
    /// <param name="token">Sent as bearer token; null for none.</param>
    /// <param name="timeout">Of one request, reply included.</param>
    /// <param name="time">For time-outs and dates.</param>
    /// <param name="handler">Instead of the network, in tests.</param>
    public HttpExporter(Uri hub, string? token, TimeSpan timeout, TimeProvider time, HttpMessageHandler? handler = null)
    {
        bool isWhole = hub.AbsolutePath.EndsWith(HubHttp.MetricsPath, StringComparison.Ordinal);
        (_target, _timeout, _time) = (isWhole ? hub : new(HubHttp.Address(hub, HubHttp.MetricsPath)), timeout, time);
        handler ??= new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a redirect would carry the token elsewhere
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(15), // follow changes in DNS
            MaxResponseHeadersLength = 16,
        };
        _http = HubHttp.Client(handler, token);
        _http.MaxResponseContentBufferSize = MostReply;
    }

    public async ValueTask<ExportOutcome> SendAsync(ReadOnlyMemory<byte> otlp, int samples, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _target) { Content = Compress(otlp) };
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            return Judge(response, await response.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(ExportResult.Retry, Reason: $"{_target.Authority} did not answer within {_timeout.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new(ExportResult.Retry, Reason: $"{_target.Authority} could not be reached: {(e.InnerException ?? e).Message}");
        }
    }

    ExportOutcome Judge(HttpResponseMessage response, byte[] body)
    {
        bool protobuf = response.Content.Headers.ContentType?.MediaType is "application/x-protobuf";
        if (response.StatusCode == HttpStatusCode.OK)
        {
            var (rejected, message) = protobuf ? ExportReply.PartialSuccess(body) : default;
            return rejected > 0
                ? new(ExportResult.Accepted, (int)Math.Min(rejected, int.MaxValue), $"the hub rejected {rejected} samples: {message}")
                : message is { Length: > 0 } ? new(ExportResult.Accepted, Reason: $"the hub warns: {message}")
                : ExportOutcome.Ok;
        }
        bool again = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
        var wait = again && response.Headers.NonValidated.TryGetValues("Retry-After", out var values)
            ? ExportReply.RetryAfter(values.ToString(), _time.GetUtcNow()) : null;
        string reason = Explain(response, protobuf ? ExportReply.StatusMessage(body) : "");
        return new(again ? ExportResult.Retry : ExportResult.Refused, Reason: reason, RetryAfter: wait);
    }

    string Explain(HttpResponseMessage response, string message)
    {
        var said =
            $"{_target.Authority} answered {(int)response.StatusCode} {response.ReasonPhrase}{(message.Length > 0 ? $": {message}" : "")}";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => $"{said}; check the token (vigie token list on the hub)",
            HttpStatusCode.Forbidden => $"{said}; the token needs the scope write",
            HttpStatusCode.NotFound => $"{said}; check the hub's address",
            _ => said,
        };
    }

    ByteArrayContent Compress(ReadOnlyMemory<byte> otlp)
    {
        _compressed.SetLength(0);
        using (var gzip = new GZipStream(_compressed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(otlp.Span);
        return new(_compressed.GetBuffer(), 0, (int)_compressed.Length)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/x-protobuf"), ContentEncoding = { "gzip" } },
        };
    }

    public void Dispose() => _http.Dispose();
}
