using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record PushoverOptions : ChannelOptions
{
    [Description("Token of the application. Better in a file of its own: TokenFile."), Secret, Required]
    public string Token { get; init; } = "";

    [Description("File that holds the token in its first line.")]
    public string TokenFile { get; init; } = "";

    [Description("Key of the user or group. Better in a file of its own: UserFile."), Secret, Required]
    public string User { get; init; } = "";

    [Description("File that holds the user's key in its first line.")]
    public string UserFile { get; init; } = "";

    [Description("Whether a critical alert sounds every minute for an hour, until somebody confirms it on the phone.")]
    public bool Emergency { get; init; }

    [Description("Address of the API.")]
    public string Url { get; init; } = "https://api.pushover.net";

    public override IEnumerable<string> Errors() => IsHttp(Url) ? [] : [$"Url is \"{Url}\"; write an address such as https://api.pushover.net"];
}

/// <summary>Pushover. A title holds 250 characters, a message 1024, an address 512; plain text.</summary>
[ChannelKind("pushover", "Pushover, by an application's token.")]
sealed class PushoverChannel(PushoverOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostTitle = 250, MostText = 1024, MostUrl = 512;

    public override string Target => new Uri(options.Url).Authority;

    protected override HttpCall Call(Message message)
    {
        string token = SecretText.Of(options.Token, options.TokenFile), user = SecretText.Of(options.User, options.UserFile);
        bool isEmergency = options.Emergency && message.Facts.IsCritical;
        var fields = new List<KeyValuePair<string, string>>
        {
            new("token", token),
            new("user", user),
            new("title", ChatText.Line(message.Subject, MostTitle, bytes: true)),
            new("message", ChatText.Fit(message.Text.Trim(), MostText, bytes: true)),
            new("priority", isEmergency ? "2" : message.Facts.IsCritical ? "1" : message.Facts.Status == MessageStatus.Resolved ? "-1" : "0"),
        };
        if (isEmergency)
            fields.AddRange([new("retry", "60"), new("expire", "3600")]);
        if (message.Facts.Url.Length is > 0 and <= MostUrl)
            fields.AddRange([new("url", message.Facts.Url), new("url_title", "Vigie")]);
        return HttpCall.Form(Below(options.Url, "/1/messages.json"), fields, token, user) with { IsTaken = Has("status") };
    }
}
