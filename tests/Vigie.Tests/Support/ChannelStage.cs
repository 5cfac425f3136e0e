using Microsoft.Extensions.DependencyInjection;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;

namespace Vigie.Tests.Support;

/// <summary>How each kind of channel is set up against a server of the test, and what that server says when it takes a message.</summary>
/// <param name="Options">Settings for a server at that address, with that secret.</param>
/// <param name="Takes">The body of the answer by which the service takes a message.</param>
sealed record ChannelStage(Func<string, string, ChannelOptions> Options, string Takes)
{
    public const string Secret = "s3cret-w0rd";

    public static IReadOnlyDictionary<string, ChannelStage> Http { get; } = new Dictionary<string, ChannelStage>(StringComparer.Ordinal)
    {
        ["alertmanager"] = new((url, secret) => new AlertmanagerOptions { Url = url, Password = secret }, ""),
        ["alertmanager-webhook"] = new((url, secret) => new AlertmanagerWebhookOptions { Url = $"{url}/hook/{secret}" }, ""),
        ["discord"] = new((url, secret) => new DiscordOptions { Url = $"{url}/api/webhooks/1/{secret}" }, ""),
        ["gotify"] = new((url, secret) => new GotifyOptions { Url = url, Token = secret }, """{"id":25,"appid":5}"""),
        ["matrix"] = new((url, secret) => new MatrixOptions { Url = url, Token = secret, Room = "!r:example.org" }, """{"event_id":"$1"}"""),
        ["mattermost"] = new((url, secret) => new MattermostOptions { Url = $"{url}/hooks/{secret}" }, "ok"),
        ["ntfy"] = new((url, secret) => new NtfyOptions { Url = url, Topic = "fleet-t0pic", Token = secret }, """{"id":"a","event":"message"}"""),
        ["opsgenie"] = new((url, secret) => new OpsgenieOptions { Url = url, Key = secret }, """{"result":"…","requestId":"1"}"""),
        ["pagerduty"] = new((url, secret) => new PagerDutyOptions { Url = url, RoutingKey = secret }, """{"status":"success"}"""),
        ["pushover"] = new((url, secret) => new PushoverOptions { Url = url, Token = secret, User = secret }, """{"status":1,"request":"1"}"""),
        ["slack"] = new((url, secret) => new SlackOptions { Url = $"{url}/services/T0/B0/{secret}" }, "ok"),
        ["teams"] = new((url, secret) => new TeamsOptions { Url = $"{url}/workflows/1?sig={secret}" }, ""),
        ["telegram"] = new((url, secret) => new TelegramOptions { Url = url, Token = $"123:{secret}", Chat = "-100" }, """{"ok":true}"""),
        ["webhook"] = new((url, secret) => new WebhookOptions { Url = $"{url}/in/{secret}", Token = secret, SigningSecret = secret }, ""),
    };

    public static IChannel Create(ChannelOptions options)
    {
        var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton<HttpSender>().BuildServiceProvider();
        return (IChannel)ActivatorUtilities.CreateInstance(services, ChannelKind.Of(options).Channel, options);
    }

    public static Message Message(string host = "db1", MessageStatus status = MessageStatus.Firing, string? text = null)
    {
        var since = new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);
        var alert = new AlertFacts(status, "disk-full", "Disk full", Severity.Critical,
            Labels.From([new("host", host), new("mountpoint", "/data")]), 0.997, "99.7 %", 0.99, "99 %", since,
            status == MessageStatus.Resolved ? since.AddMinutes(90) : null, "http://hub.example.org/hosts/db1", "what is known besides");
        return new($"[CRITICAL] {host}: Disk full (/data) 99.7 %", text ?? $"Disk full\n\nServer  {host}\nValue   99.7 %\n", $"<p>{host}</p>", null, "",
            status == MessageStatus.Resolved ? "resolved-alert-7@vigie" : "alert-7@vigie", "alert-7@vigie")
        {
            Facts = new(status, Severity.Critical, "http://hub.example.org/hosts/db1", [alert]),
        };
    }
}
