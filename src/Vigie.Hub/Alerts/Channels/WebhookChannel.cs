using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record WebhookOptions : SecretUrlOptions
{
    [Description("PUT or POST."), OneOf("POST", "PUT")]
    public string Method { get; init; } = "POST";

    [Description("Further headers, each as \"Name: value\". For a secret, see Token.")]
    public IReadOnlyList<string> Headers { get; init; } = [];

    [Description("Token that is sent as \"Authorization: Bearer …\". Better in a file of its own: TokenFile."), Secret]
    public string Token { get; init; } = "";

    [Description("File that holds the token in its first line.")]
    public string TokenFile { get; init; } = "";

    [Description("Secret by which each request is signed (headers webhook-id, webhook-timestamp and webhook-signature of Standard "
        + "Webhooks). Better in a file of its own: SigningSecretFile."), Secret]
    public string SigningSecret { get; init; } = "";

    [Description("File that holds the signing secret in its first line.")]
    public string SigningSecretFile { get; init; } = "";

    [Description("The body as a Liquid template, when the receiver wants another JSON than Vigie's own.")]
    public string Body { get; init; } = "";

    [Description("File that holds the template of the body.")]
    public string BodyFile { get; init; } = "";

    [Description("Type of the body. In JSON, HTML, XML and forms the template's values are encoded before it sees them.")]
    public string ContentType { get; init; } = "application/json";

    public override IEnumerable<string> Errors()
    {
        foreach (string error in base.Errors())
            yield return error;
        if (Headers.Any(h => Header(h) is null)) // not quoted: it may be a secret
            yield return "Headers holds a line that is no header; write \"Name: value\"";
        if (Body.Length > 0 && BodyFile.Length > 0)
            yield return "Body and BodyFile are both set; keep one of them";
        string? problem = null;
        try
        {
            if (Template() is { } template)
                LiquidBody.Parse(template, BodyFile.Length > 0 ? BodyFile : "the template");
        }
        catch (Exception e) when (e is TemplateException or IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }
        if (problem is not null)
            yield return $"{(BodyFile.Length > 0 ? nameof(BodyFile) : nameof(Body))} can't be used: {problem}";
    }

    public string? Template() => BodyFile.Length > 0 ? File.ReadAllText(BodyFile) : Body.Length > 0 ? Body : null;

    /// <summary>Null when it is none.</summary>
    public static KeyValuePair<string, string>? Header(string line) => line.Split(':', 2) is [var name, var value]
        && name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && !value.Any(char.IsControl)
        ? new(name, value.Trim()) : null;
}

/// <summary>Vigie's own JSON, or the user's template, posted to an address.</summary>
[ChannelKind("webhook", "A program of yours that takes Vigie's own JSON, or the body that your template makes of it.")]
sealed class WebhookChannel(WebhookOptions options, HttpSender http, TimeProvider time) : HttpChannel(options, http)
{
    public override string Target => SecretText.Host(options.Url, options.UrlFile);

    protected override HttpCall Call(Message message)
    {
        var url = SecretText.Url(options.Url, options.UrlFile);
        string token = SecretText.Of(options.Token, options.TokenFile);
        string signing = SecretText.Of(options.SigningSecret, options.SigningSecretFile);
        byte[] body = Body(message);
        var call = new HttpCall(url, body, options.ContentType, token, signing)
        {
            Method = HttpMethod.Parse(options.Method),
            Headers = [.. options.Headers.Select(WebhookOptions.Header).OfType<KeyValuePair<string, string>>()],
        };
        if (token.Length > 0)
            call = call.With("Authorization", "Bearer " + token);
        return signing.Length == 0 ? call : Signed(call, message.MessageId, signing);
    }

    byte[] Body(Message message)
    {
        if (options.Template() is not { } template)
            return JsonSerializer.SerializeToUtf8Bytes(MessageJson.Of(message), MessageJson.Style);
        try
        {
            return Encoding.UTF8.GetBytes(LiquidBody.Parse(template, "the template").Render(message, options.ContentType));
        }
        catch (TemplateException e)
        {
            throw new FormatException(e.Message, e); // mending it makes the message go
        }
    }

    /// <summary>As Standard Webhooks describes it, so that a receiver has a library for it.</summary>
    HttpCall Signed(HttpCall call, string id, string secret)
    {
        string seconds = time.GetUtcNow().ToUnixTimeSeconds().ToString();
        byte[] key = secret.StartsWith("whsec_", StringComparison.Ordinal) && TryBase64(secret[6..]) is { } bytes
            ? bytes : Encoding.UTF8.GetBytes(secret);
        byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{seconds}."), .. call.Body];
        return call.With("webhook-id", id).With("webhook-timestamp", seconds)
            .With("webhook-signature", "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content)));
    }

    static byte[]? TryBase64(string text)
    {
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length) ? bytes[..length] : null;
    }
}
