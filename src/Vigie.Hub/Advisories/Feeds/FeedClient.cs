using System.Net;
using System.Net.Http.Headers;
using Vigie.Agent;

namespace Vigie.Hub.Advisories.Feeds;

enum FetchOutcome
{
    Fresh,

    /// <summary>The source says that nothing has changed since the validators were given.</summary>
    Unchanged,

    /// <summary>This document can't be had or used; the next one may.</summary>
    Refused,

    /// <summary>The source itself does not answer as it should; later it may.</summary>
    Unavailable,
}

/// <summary>What an address gave.</summary>
/// <param name="Reason">Why there is no body, for people.</param>
readonly record struct Fetched(FetchOutcome Outcome, byte[] Body, string? ETag = null, string? LastModified = null, string? Reason = null)
{
    public static Fetched Without(FetchOutcome outcome, string? reason = null) => new(outcome, [], Reason: reason);
}

/// <param name="Most">Bytes, unpacked.</param>
/// <param name="IsType">Whether a document of this media type is what was asked for.</param>
sealed record FetchRequest(string Path, long Most, string Accept, Func<string, bool> IsType, string? ETag = null,
    string? LastModified = null)
{
    /// <summary>How long the whole of it may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>
/// Gets documents of one source: bounded in size and time, following redirects on the same host only, never from https to
/// http. What the outside does is an outcome, not an exception.
/// </summary>
sealed class FeedClient : IDisposable
{
    const int MostRedirects = 3;
    static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(15);

    readonly HttpClient _http;
    readonly string _base;
    readonly TimeProvider _time;

    public FeedClient(string baseUrl, TimeProvider time)
    {
        (_base, _time) = (baseUrl.TrimEnd('/'), time);
        _http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !new Uri(_base).IsLoopback, // a proxy has no part in what stays on this machine
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = ConnectPatience,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("vigie", AgentVersion.Text));
    }

    public async Task<Fetched> GetAsync(FetchRequest request, CancellationToken ct)
    {
        using var body = new MemoryStream();
        var fetched = await DownloadAsync(request, body, ct);
        return fetched.Outcome == FetchOutcome.Fresh ? fetched with { Body = body.ToArray() } : fetched;
    }

    /// <summary>Writes the document to a stream, for what is too large to be held: the outcome has no body.</summary>
    /// <exception cref="FeedException">The stream does not take it.</exception>
    public async Task<Fetched> DownloadAsync(FetchRequest request, Stream to, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(request.Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            return await FollowAsync(request, to, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Fetched.Without(FetchOutcome.Unavailable, $"no answer within {request.Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException e)
        {
            return Fetched.Without(FetchOutcome.Unavailable, (e.InnerException ?? e).Message.Split('\n')[0].Trim());
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return Fetched.Without(FetchOutcome.Unavailable, $"the answer breaks off: {e.Message.Split('\n')[0].Trim()}");
        }
    }

    async Task<Fetched> FollowAsync(FetchRequest request, Stream to, CancellationToken ct)
    {
        var address = new Uri(_base + request.Path);
        for (int redirects = 0; ; redirects++)
        {
            using var response = await SendAsync(request, address, ct);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
                return await ReadAsync(request, response, to, ct);
            if (redirects == MostRedirects)
                return Fetched.Without(FetchOutcome.Refused, $"it redirects more than {MostRedirects} times");
            if (response.Headers.Location is not { } location)
                return Fetched.Without(FetchOutcome.Refused, "it redirects to nowhere");
            var next = new Uri(address, location);
            if (!IsSameHost(address, next))
                return Fetched.Without(FetchOutcome.Refused,
                    $"it redirects to {next.GetLeftPart(UriPartial.Authority)}, another host; if that is right, set it as the feed's BaseUrl");
            address = next;
        }
    }

    async Task<HttpResponseMessage> SendAsync(FetchRequest request, Uri address, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, address);
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        if (request.ETag is { Length: > 0 } etag)
            message.Headers.TryAddWithoutValidation("If-None-Match", etag);
        if (request.LastModified is { Length: > 0 } modified)
            message.Headers.TryAddWithoutValidation("If-Modified-Since", modified);
        return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    static bool IsSameHost(Uri from, Uri to) => string.Equals(from.Host, to.Host, StringComparison.OrdinalIgnoreCase)
        && ((from.Scheme == to.Scheme && from.Port == to.Port)
            || (from is { Scheme: "http", IsDefaultPort: true } && to is { Scheme: "https", IsDefaultPort: true }));

    static async Task<Fetched> ReadAsync(FetchRequest request, HttpResponseMessage response, Stream to, CancellationToken ct)
    {
        int status = (int)response.StatusCode;
        if (status == 304)
            return Fetched.Without(FetchOutcome.Unchanged);
        if (status is 408 or 425 or 429 or >= 500)
            return Fetched.Without(FetchOutcome.Unavailable, $"the server answers {status}");
        if (status != 200)
            return Fetched.Without(FetchOutcome.Refused, $"the server answers {status}");
        string type = response.Content.Headers.ContentType?.MediaType ?? "";
        if (!request.IsType(type))
            return Fetched.Without(FetchOutcome.Refused,
                $"the server sends {(type.Length > 0 ? OutsideText.Line(type, 60) : "no content type")} where {request.Accept} is expected");
        if (response.Content.Headers.ContentLength > request.Most)
            return Fetched.Without(FetchOutcome.Refused, TooLarge(request));
        await using var from = await response.Content.ReadAsStreamAsync(ct);
        byte[] piece = new byte[32 * 1024];
        long length = 0;
        for (int count; (count = await from.ReadAsync(piece, ct)) > 0;)
        {
            if ((length += count) > request.Most)
                return Fetched.Without(FetchOutcome.Refused, TooLarge(request));
            await WriteAsync(to, piece.AsMemory(0, count), request.Path, ct);
        }
        return new(FetchOutcome.Fresh, [], response.Headers.ETag?.ToString(), Header(response, "Last-Modified"));
    }

    /// <summary>A full disk is no fault of the source.</summary>
    static async Task WriteAsync(Stream to, ReadOnlyMemory<byte> piece, string path, CancellationToken ct)
    {
        try
        {
            await to.WriteAsync(piece, ct);
        }
        catch (IOException e)
        {
            throw new FeedException($"{path} can't be kept: {e.Message}");
        }
    }

    static string TooLarge(FetchRequest request) => $"it is larger than {request.Most >> 20} MiB";

    /// <summary>As the server spelled it: it must get the same text back.</summary>
    static string? Header(HttpResponseMessage response, string name) =>
        response.Content.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    public void Dispose() => _http.Dispose();
}
