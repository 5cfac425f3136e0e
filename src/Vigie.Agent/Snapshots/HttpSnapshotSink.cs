using System.IO.Compression;
using System.Net;
using Vigie.Agent.Link;

namespace Vigie.Agent.Snapshots;

/// <summary>Sends documents to a hub over HTTP: JSON, compressed by gzip, with a bearer token.</summary>
public sealed class HttpSnapshotSink : ISnapshotSink, IDisposable
{
    const string Path = "/api/v1/hosts/snapshot";
    const int MostReply = 16 * 1024;

    readonly HttpClient _http;
    readonly string _target;
    readonly TimeSpan _timeout;
    readonly TimeProvider _time;

    /// <param name="hub">The hub's address, as samples are sent to.</param>
    /// <param name="token">Sent as bearer token; null for none.</param>
    /// <param name="timeout">Of one request, reply included.</param>
    /// <param name="time">For time-outs.</param>
    public HttpSnapshotSink(Uri hub, string? token, TimeSpan timeout, TimeProvider time)
    {
        (_target, _timeout, _time) = (HubHttp.Address(hub, Path), timeout, time);
        // Documents are seldom: the connection is not kept, and a redirect would carry the token elsewhere.
        _http = HubHttp.Client(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
        }, token);
        _http.MaxResponseContentBufferSize = MostReply;
    }

    public async ValueTask<ExportOutcome> SendAsync(string kind, string host, ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var content = Compress(json);
        try
        {
            using var response = await _http.PostAsync($"{_target}?kind={kind}&host={Uri.EscapeDataString(host)}", content, either.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.OK or HttpStatusCode.NoContent => ExportOutcome.Ok,
                HttpStatusCode.NotFound => new(ExportResult.Refused, Reason: "the hub is too old to take texts; renew it"),
                HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                    new(ExportResult.Retry, Reason: Said(response)),
                _ => new(ExportResult.Refused, Reason: $"{Said(response)}: {(await response.Content.ReadAsStringAsync(either.Token)).Trim()}"),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(ExportResult.Retry, Reason: $"the hub did not answer within {_timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException e)
        {
            return new(ExportResult.Retry, Reason: e.Message);
        }
    }

    static string Said(HttpResponseMessage response) => $"the hub answered {(int)response.StatusCode} {response.ReasonPhrase}";

    static ByteArrayContent Compress(ReadOnlyMemory<byte> json)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(json.Span);
        return new(compressed.ToArray())
        {
            Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } },
        };
    }

    public void Dispose() => _http.Dispose();
}
