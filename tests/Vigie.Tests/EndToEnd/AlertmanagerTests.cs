using System.Text.Json;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary>A real Alertmanager takes our alerts by its API v2, and tells them back.</summary>
public sealed class AlertmanagerTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<IReadOnlyList<JsonElement>> AlertsAsync(AlertmanagerServer server)
    {
        using var json = JsonDocument.Parse(await server.Client.GetStringAsync("/api/v2/alerts", Ct));
        return [.. json.RootElement.EnumerateArray().Select(a => a.Clone())];
    }

    static async Task<DeliveryOutcome> SendAsync(AlertmanagerServer server, Message message)
    {
        var delivery = await ChannelStage.Create(new AlertmanagerOptions { Url = server.Address }).SendAsync(message, Ct);
        Assert.True(delivery.Outcome == DeliveryOutcome.Sent, delivery.Reason);
        return delivery.Outcome;
    }

    /// <summary>As now, because Alertmanager forgets what has ended long ago.</summary>
    static Message Message(string host, MessageStatus status)
    {
        var message = ChannelStage.Message(host, status);
        var now = TimeProvider.System.GetUtcNow();
        return message with
        {
            Facts = message.Facts with
            {
                Alerts = [.. message.Facts.Alerts.Select(a => a with
                {
                    Since = now.AddMinutes(-10),
                    Ended = status == MessageStatus.Resolved ? now.AddSeconds(-1) : null,
                })],
            },
        };
    }

    [Fact]
    public async Task An_alert_is_there_until_its_recovery_and_a_second_try_makes_no_second_alert()
    {
        await using var server = await AlertmanagerServer.StartAsync();
        const string Hostile = "db\"1 é <b> {{ x }}\n";
        for (int i = 0; i < 2; i++)
            await SendAsync(server, Message(Hostile, MessageStatus.Firing));
        await SendAsync(server, Message("web1", MessageStatus.Firing));
        var alerts = await AlertsAsync(server);
        Assert.Equal(2, alerts.Count);
        var ours = alerts.Single(a => a.GetProperty("labels").GetProperty("host").GetString() == Hostile);
        Assert.Equal(("disk-full", "critical", "/data"), (ours.GetProperty("labels").GetProperty("alertname").GetString(),
            ours.GetProperty("labels").GetProperty("severity").GetString(), ours.GetProperty("labels").GetProperty("mountpoint").GetString()));
        Assert.Equal("Disk full", ours.GetProperty("annotations").GetProperty("summary").GetString());
        Assert.Equal("99.7 %", ours.GetProperty("annotations").GetProperty("value").GetString());
        Assert.Equal("http://hub.example.org/hosts/db1", ours.GetProperty("generatorURL").GetString());
        Assert.True(ours.GetProperty("endsAt").GetDateTimeOffset() > TimeProvider.System.GetUtcNow().AddHours(20));
        await SendAsync(server, Message(Hostile, MessageStatus.Resolved));
        Assert.Equal("web1", Assert.Single(await AlertsAsync(server)).GetProperty("labels").GetProperty("host").GetString());
    }

    [Fact]
    public async Task News_without_a_host_are_taken_too()
    {
        await using var server = await AlertmanagerServer.StartAsync();
        await SendAsync(server, new Message("New alert CERTFR-1", "Text", "", null, "", "advisory-1@vigie", null)
        {
            Facts = new(MessageStatus.Notice, Severity.Critical, "http://hub.example.org/advisories", []),
        });
        Assert.Equal("New alert CERTFR-1", Assert.Single(await AlertsAsync(server)).GetProperty("annotations").GetProperty("summary").GetString());
    }

    [Fact]
    public async Task What_it_refuses_is_refused_with_its_words()
    {
        await using var server = await AlertmanagerServer.StartAsync();
        var message = Message("db1", MessageStatus.Firing);
        var delivery = await ChannelStage.Create(new AlertmanagerOptions { Url = server.Address }).SendAsync(message with
        {
            Facts = message.Facts with { Alerts = [message.Facts.Alerts[0] with { Labels = Labels.From([new("not a name!", "x")]) }] },
        }, Ct);
        Assert.Equal(DeliveryOutcome.Refused, delivery.Outcome);
        Assert.Contains("400", delivery.Reason!, StringComparison.Ordinal);
    }
}
