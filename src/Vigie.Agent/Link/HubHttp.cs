using System.Net.Security;
using Vigie.Agent.Http;
using Vigie.Agent.Identity;

namespace Vigie.Agent.Link;

/// <summary>How all of the agent's requests reach its hub: the address, who asks, the token, and how long an answer may take.</summary>
sealed class HubHttp : IDisposable
{
    public const string MetricsPath = "/v1/metrics";

    const int MostReply = 64 * 1024;

    /// <summary>A hub that is well answers within a few milliseconds, most of which the network takes.</summary>
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    readonly HttpWire _wire;
    readonly string _base;
    readonly (string, string)[] _headers;
    readonly TimeSpan _timeout;
    readonly Deadline _deadline;

    /// <param name="hub">The hub's address, with the path for samples behind it or without.</param>
    /// <param name="token">Sent as bearer token; null for none.</param>
    /// <param name="timeout">Of one request, reply included.</param>
    /// <param name="pin">The hub's key, as <see cref="PinnedKey"/> has it, which is then believed and nothing else; null for none.</param>
    /// <exception cref="ArgumentException">The address or the token can't be sent.</exception>
    public HubHttp(Uri hub, string? token, TimeSpan timeout, TimeProvider time, string? pin = null)
    {
        var target = HttpTarget.Of(hub);
        _wire = new(target, HttpProxy.For(target, Environment.GetEnvironmentVariable), time, pin is null ? null : Trust(pin));
        string path = hub.AbsolutePath.TrimEnd('/');
        _base = path.EndsWith(MetricsPath, StringComparison.Ordinal) ? path[..^MetricsPath.Length] : path;
        _headers = token is null ? [("User-Agent", Agent)] : [("User-Agent", Agent), ("Authorization", "Bearer " + token)];
        (Authority, _timeout, _deadline) = (target.Authority, timeout, new(time));
    }

    static RemoteCertificateValidationCallback Trust(string pin) => PinnedKey.TryParse(pin, out var key)
        ? (_, certificate, _, _) => certificate is not null && key.Accepts(certificate.GetRawCertData())
        : throw new ArgumentException($"\"{pin}\" is no pin", nameof(pin));

    static string Agent => $"vigie-agent/{AgentVersion.Text}";

    /// <summary>The hub as people call it.</summary>
    public string Authority { get; }

    /// <param name="path">What is asked for, from the slash on, below the hub's address.</param>
    public HttpRequest Post(string path, params ReadOnlySpan<(string, string)> headers) => new("POST", _base + path, [.. _headers, .. headers]);

    /// <summary>Sends a request; blocks until it is answered.</summary>
    /// <exception cref="IOException">There was no answer in time, or none at all; the message says why and names the hub.</exception>
    /// <exception cref="OperationCanceledException">Cancelled by the token.</exception>
    public HttpReply Send(HttpRequest request, ReadOnlySpan<byte> body, CancellationToken ct)
    {
        _wire.Prepare(request, body);
        return Finish(HttpProgress.Unsent, ct);
    }

    /// <summary>Sends a request; what takes longer than a moment goes on in a thread of the pool.</summary>
    /// <exception cref="IOException">There was no answer in time, or none at all; the message says why and names the hub.</exception>
    /// <exception cref="OperationCanceledException">Cancelled by the token.</exception>
    public ValueTask<HttpReply> SendAsync(HttpRequest request, ReadOnlySpan<byte> body, CancellationToken ct)
    {
        var progress = _wire.TryExchange(request, body, MostReply, Moment);
        return progress == HttpProgress.Answered ? new(_wire.Reply) : FinishAsync(progress, ct);
    }

    // Apart, for what is captured is allocated at the beginning.
    ValueTask<HttpReply> FinishAsync(HttpProgress progress, CancellationToken ct) => new(Task.Run(() => Finish(progress, ct), ct));

    HttpReply Finish(HttpProgress progress, CancellationToken ct)
    {
        var limit = _deadline.Start(_timeout, ct);
        try
        {
            return _wire.Finish(progress, MostReply, limit);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new IOException($"{Authority} did not answer within {_timeout.TotalSeconds:0.#} s", e);
        }
        catch (IOException e)
        {
            throw new IOException($"{Authority} could not be reached: {e.Message}", e);
        }
        finally
        {
            _deadline.End();
        }
    }

    public void Dispose()
    {
        _wire.Dispose();
        _deadline.Dispose();
    }
}
