using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record AlertmanagerOptions : ChannelOptions
{
    [Description("Address of the Alertmanager, without /api."), Required]
    public string Url { get; init; } = "";

    [Description("User, of an Alertmanager that asks for one.")]
    public string User { get; init; } = "";

    [Description("Password of that user; without a user it is a bearer token. Better in a file of its own: PasswordFile."), Secret]
    public string Password { get; init; } = "";

    [Description("File that holds the password in its first line.")]
    public string PasswordFile { get; init; } = "";

    [Description("How long an alert stays there without its recovery, should the hub be lost."), Between("5min", "30d")]
    public TimeSpan EndsAfter { get; init; } = TimeSpan.FromDays(1);

    public override IEnumerable<string> Errors() =>
        Url.Length == 0 || IsHttp(Url) ? [] : [$"Url is \"{Url}\"; write an address such as http://127.0.0.1:9093"];
}

/// <summary>A Prometheus Alertmanager, by its API v2: who has one keeps his routes and receivers.</summary>
[ChannelKind("alertmanager", "A Prometheus Alertmanager, by its API v2, which passes alerts on by its own routes.")]
sealed class AlertmanagerChannel(AlertmanagerOptions options, HttpSender http, TimeProvider time) : HttpChannel(options, http)
{
    public override string Target => new Uri(options.Url).Authority;

    public override bool OpensIncidents => true;

    protected override HttpCall Call(Message message)
    {
        string password = SecretText.Of(options.Password, options.PasswordFile);
        var now = time.GetUtcNow();
        var call = HttpCall.Json(Below(options.Url, "/api/v2/alerts"), AlertmanagerFormat.Alerts(message).Select(alert => new
        {
            labels = AlertmanagerFormat.Labels(message, alert),
            annotations = AlertmanagerFormat.Annotations(message, alert),
            startsAt = MessageJson.Time(alert?.Since ?? now),
            // Without an end it would take the alert for over after five minutes.
            endsAt = MessageJson.Time(alert?.Status == MessageStatus.Resolved ? alert.Ended ?? now : now + options.EndsAfter),
            generatorURL = alert?.Url ?? message.Facts.Url,
        }), password);
        return password.Length == 0 ? call : call.With("Authorization", options.User.Length == 0 ? "Bearer " + password
            : "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{options.User}:{password}")));
    }
}
