using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record GotifyOptions : ChannelOptions
{
    [Description("Address of the server."), Required]
    public string Url { get; init; } = "";

    [Description("Token of the application. Better in a file of its own: TokenFile."), Secret, Required]
    public string Token { get; init; } = "";

    [Description("File that holds the token in its first line.")]
    public string TokenFile { get; init; } = "";

    public override IEnumerable<string> Errors() =>
        Url.Length == 0 || IsHttp(Url) ? [] : [$"Url is \"{Url}\"; write an address such as https://gotify.example.org"];
}

/// <summary>Gotify, as plain text.</summary>
[ChannelKind("gotify", "Gotify, by an application's token.")]
sealed class GotifyChannel(GotifyOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostTitle = 1000, MostText = 20_000;

    public override string Target => new Uri(options.Url).Authority;

    protected override HttpCall Call(Message message)
    {
        string token = SecretText.Of(options.Token, options.TokenFile);
        return (HttpCall.Json(Below(options.Url, "/message"), new
        {
            title = ChatText.Line(message.Subject, MostTitle),
            message = ChatText.Fit(message.Text.Trim(), MostText),
            priority = message.Facts.IsCritical ? 8 : message.Facts.Status == MessageStatus.Resolved ? 2 : 5,
            extras = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["client::display"] = new { contentType = "text/plain" },
                ["client::notification"] = new { click = new { url = message.Facts.Url } },
            },
        }, token) with
        { IsTaken = Has("id") }).With("X-Gotify-Key", token);
    }
}
