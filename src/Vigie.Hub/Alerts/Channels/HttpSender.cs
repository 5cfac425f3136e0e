using System.Net;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>A request that carries a message.</summary>
/// <param name="Secrets">What must not be told of it; the path of the address never is.</param>
sealed record HttpCall(Uri Url, byte[] Body, string ContentType, params string[] Secrets)
{
    public HttpMethod Method { get; init; } = HttpMethod.Post;

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Whether an answer that says 2xx is the service's own: a login page says 200, too.</summary>
    public Func<string, bool> IsTaken { get; init; } = _ => true;

    public static HttpCall Json(Uri url, object body, params string[] secrets) =>
        new(url, JsonSerializer.SerializeToUtf8Bytes(body, MessageJson.Style), "application/json", secrets);

    public static HttpCall Form(Uri url, IEnumerable<KeyValuePair<string, string>> fields, params string[] secrets) =>
        new(url, Encoding.ASCII.GetBytes(string.Join('&', fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}"))),
            "application/x-www-form-urlencoded", secrets);

    public HttpCall With(string header, string value) => this with { Headers = [.. Headers, new(header, value)] };
}

/// <summary>
/// Posts for all channels that speak HTTP, and reads the answers the same way for all: what may work later is tried again, also
/// when a setting must be mended first (401, 403, 404, a redirect): nothing is lost by waiting, and the deadline ends it.
/// What the service finds wrong with the message itself (400, 413, 422, …) would be found wrong again.
/// </summary>
sealed class HttpSender : IDisposable
{
    const int MostAnswer = 16 * 1024, MostQuoted = 200;

    /// <summary>A service that asks for more has no say: the message's deadline has.</summary>
    static readonly TimeSpan LongestAfter = TimeSpan.FromHours(6);

    readonly TimeProvider _time;

    readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // the secret is meant for the host that was named
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // a service that has moved is looked up again
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    public HttpSender(TimeProvider time) => _time = time;

    public async Task<Delivery> SendAsync(HttpCall call, string id, TimeSpan timeout, CancellationToken ct)
    {
        string host = call.Url.Authority;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(timeout);
        try
        {
            using var request = Request(call, id);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            string answer = await ReadAsync(response, patience.Token);
            string said = $"{(int)response.StatusCode} {Quoted(answer, call)}".Trim();
            return (int)response.StatusCode switch
            {
                >= 200 and < 300 when call.IsTaken(answer) => Delivery.Taken(said),
                >= 200 and < 300 => Delivery.Retry($"{host} does not answer as this kind of channel does; check its address: {said}"),
                >= 300 and < 400 => Delivery.Retry($"{host} says that it has moved ({(int)response.StatusCode}); write its new address"),
                401 or 403 or 404 or 405 or 407 or 410 =>
                    Delivery.Retry($"{host} does not accept the channel's address or secret: {said}", After(response, answer)),
                408 or 425 or 429 or >= 500 => Delivery.Retry($"{host} answered {said}", After(response, answer)),
                _ => Delivery.Refused($"{host} answered {said}"),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Delivery.Retry($"{host} did not answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or FormatException)
        {
            // of a certificate only the inner one says what is wrong with it
            string message = e.InnerException is AuthenticationException refused ? refused.Message : e.Message;
            return Delivery.Retry($"{host} can't be reached: {Hidden(message, call).Split('\n')[0].Trim()}");
        }
    }

    static HttpRequestMessage Request(HttpCall call, string id)
    {
        var request = new HttpRequestMessage(call.Method, call.Url) { Content = new ByteArrayContent(call.Body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        request.Headers.TryAddWithoutValidation("User-Agent", "Vigie");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", ChatText.Line(id, 255));
        if (call.Url.UserInfo is { Length: > 0 } login) // https://user:password@host/
            request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Basic(Uri.UnescapeDataString(login)));
        foreach (var (name, value) in call.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        byte[] answer = new byte[MostAnswer];
        return Encoding.UTF8.GetString(answer, 0, await body.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, ct));
    }

    /// <summary>How long the service wants to be left alone: by the header, or as Discord, Telegram and Matrix write it.</summary>
    TimeSpan? After(HttpResponseMessage response, string answer)
    {
        var after = response.Headers.RetryAfter is { } header
            ? header.Delta ?? header.Date - _time.GetUtcNow()
            : response.StatusCode == HttpStatusCode.TooManyRequests ? AfterIn(answer) : null;
        return after is not { } wanted || wanted <= TimeSpan.Zero ? null : wanted < LongestAfter ? wanted : LongestAfter;
    }

    static TimeSpan? AfterIn(string answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.ValueKind != JsonValueKind.Object ? null
                : Seconds(json.RootElement, "retry_after", 1)
                ?? Seconds(json.RootElement, "retry_after_ms", 0.001)
                ?? (json.RootElement.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object
                    ? Seconds(parameters, "retry_after", 1) : null);
        }
        catch (JsonException)
        {
            return null;
        }

        static TimeSpan? Seconds(JsonElement json, string name, double unit) =>
            json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)
                && number is > 0 and < 1e9 ? TimeSpan.FromSeconds(number * unit) : null;
    }

    static string Basic(string login) => Convert.ToBase64String(Encoding.UTF8.GetBytes(login));

    static string Quoted(string answer, HttpCall call) => ChatText.Line(Hidden(answer, call), MostQuoted);

    /// <summary>The text without the secrets: a service may repeat what it was told.</summary>
    static string Hidden(string text, HttpCall call)
    {
        string path = call.Url.PathAndQuery, login = Uri.UnescapeDataString(call.Url.UserInfo);
        string[] secrets =
        [
            .. call.Secrets, path, path.TrimStart('/'), Uri.UnescapeDataString(path), call.Url.UserInfo, login, Basic(login),
        ];
        foreach (string secret in secrets.Where(s => s.Length > 3).OrderByDescending(s => s.Length))
            text = text.Replace(secret, "•••", StringComparison.Ordinal);
        return text;
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>A channel that is one HTTP request for each message.</summary>
abstract class HttpChannel(ChannelOptions options, HttpSender http) : IChannel
{
    public abstract string Target { get; }

    public virtual bool OpensIncidents => false;

    /// <summary>May read secrets from their files.</summary>
    /// <exception cref="FormatException">A setting that came from a file is not what it should be; no secret in the message.</exception>
    protected abstract HttpCall Call(Message message);

    public async Task<Delivery> SendAsync(Message message, CancellationToken ct)
    {
        HttpCall call;
        try
        {
            call = Call(message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return Delivery.Retry($"the channel's settings can't be used: {e.Message}"); // a file that is mended makes it go
        }
        return await http.SendAsync(call, message.MessageId, options.Timeout, ct);
    }

    /// <summary>An address below the one that is set.</summary>
    protected static Uri Below(string url, string path) => new(url.TrimEnd('/') + path);

    /// <summary>An answer is a JSON object with this member.</summary>
    protected static Func<string, bool> Has(string member) => answer =>
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(member, out _);
        }
        catch (JsonException)
        {
            return false;
        }
    };
}
