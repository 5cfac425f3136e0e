using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record MatrixOptions : ChannelOptions
{
    [Description("Address of the home server."), Required]
    public string Url { get; init; } = "https://matrix.org";

    [Description("The room's internal id, such as !abc:example.org; the bot must have joined it."), Required]
    public string Room { get; init; } = "";

    [Description("Access token of the bot. Better in a file of its own: TokenFile."), Secret, Required]
    public string Token { get; init; } = "";

    [Description("File that holds the access token in its first line.")]
    public string TokenFile { get; init; } = "";

    public override IEnumerable<string> Errors() => IsHttp(Url) ? [] : [$"Url is \"{Url}\"; write an address such as https://matrix.org"];
}

/// <summary>Matrix: the message's number is the transaction's, so a second try is no second message. An event holds 64 KiB.</summary>
[ChannelKind("matrix", "A room of Matrix, by a bot's access token.")]
sealed class MatrixChannel(MatrixOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostTitle = 1000, MostText = 12_000;

    public override string Target => new Uri(options.Url).Authority;

    protected override HttpCall Call(Message message)
    {
        string token = SecretText.Of(options.Token, options.TokenFile);
        string title = ChatText.Line(message.Subject, MostTitle, ChatText.Html);
        string url = ChatText.Line(message.Facts.Url, MostTitle, ChatText.Html);
        var body = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["msgtype"] = "m.text",
            ["body"] = ChatText.Line(message.Subject, MostTitle) + "\n\n" + ChatText.Fit(message.Text.Trim(), MostText),
            ["format"] = "org.matrix.custom.html",
            ["formatted_body"] = (url.Length > 0 ? $"<strong><a href=\"{url}\">{title}</a></strong>" : $"<strong>{title}</strong>")
                + $"<pre><code>{ChatText.Fit(message.Text.Trim(), MostText, ChatText.Html)}</code></pre>",
            ["m.mentions"] = new object(), // whatever the text says, nobody is called by it
        };
        string path = $"/_matrix/client/v3/rooms/{Uri.EscapeDataString(options.Room)}/send/m.room.message/{Uri.EscapeDataString(message.MessageId)}";
        return (HttpCall.Json(Below(options.Url, path), body, token) with { Method = HttpMethod.Put, IsTaken = Has("event_id") })
            .With("Authorization", "Bearer " + token);
    }
}
