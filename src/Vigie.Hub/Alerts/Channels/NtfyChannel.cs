using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record NtfyOptions : ChannelOptions
{
    [Description("Address of the server.")]
    public string Url { get; init; } = "https://ntfy.sh";

    [Description("The topic. Who knows it can read along on a public server, so there it is a secret: TopicFile."), Secret, Required]
    public string Topic { get; init; } = "";

    [Description("File that holds the topic in its first line.")]
    public string TopicFile { get; init; } = "";

    [Description("Access token, of a server that asks for one. Better in a file of its own: TokenFile."), Secret]
    public string Token { get; init; } = "";

    [Description("File that holds the access token in its first line.")]
    public string TokenFile { get; init; } = "";

    public override IEnumerable<string> Errors() => IsHttp(Url) ? [] : [$"Url is \"{Url}\"; write an address such as https://ntfy.sh"];
}

/// <summary>ntfy. A longer message than 4096 bytes would become an attachment.</summary>
[ChannelKind("ntfy", "ntfy, on ntfy.sh or a server of your own.")]
sealed class NtfyChannel(NtfyOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostTitle = 250, MostText = 3800;

    public override string Target => new Uri(options.Url).Authority;

    protected override HttpCall Call(Message message)
    {
        string topic = SecretText.Of(options.Topic, options.TopicFile);
        string token = SecretText.Of(options.Token, options.TokenFile);
        bool isOver = message.Facts.Status == MessageStatus.Resolved;
        var call = HttpCall.Json(Below(options.Url, "/"), new
        {
            topic,
            title = ChatText.Line(message.Subject, MostTitle, bytes: true),
            message = ChatText.Fit(message.Text.Trim(), MostText, bytes: true),
            priority = message.Facts.IsCritical ? 5 : isOver ? 2 : 4,
            tags = new[] { isOver ? "white_check_mark" : message.Facts.IsCritical ? "rotating_light" : "warning" },
            click = message.Facts.Url.Length > 0 ? message.Facts.Url : null,
        }, topic, token) with
        { IsTaken = Has("id") };
        return token.Length > 0 ? call.With("Authorization", "Bearer " + token) : call;
    }
}
