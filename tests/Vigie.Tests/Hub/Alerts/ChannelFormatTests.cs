using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vigie.Hub.Alerts.Channels;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Alerts;

/// <summary>What programs are sent: Vigie's own JSON, templates, signatures, Alertmanager's formats, pagers.</summary>
public sealed class ChannelFormatTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<Received> SentAsync(Func<string, ChannelOptions> options, Message message, string takes = "")
    {
        await using var server = await ReplyServer.StartAsync();
        server.Reply = _ => (200, takes);
        var delivery = await ChannelStage.Create(options(server.Address)).SendAsync(message, Ct);
        Assert.True(delivery.Outcome == DeliveryOutcome.Sent, delivery.Reason);
        return server.Received[0];
    }

    static async Task<JsonElement> JsonAsync(string channel, MessageStatus status)
    {
        var stage = ChannelStage.Http[channel];
        var received = await SentAsync(url => stage.Options(url, ChannelStage.Secret), ChannelStage.Message(status: status), stage.Takes);
        return JsonDocument.Parse(received.Body).RootElement;
    }

    static Task<Delivery> TryAsync(string channel, ReplyServer server) =>
        ChannelStage.Create(ChannelStage.Http[channel].Options(server.Address, ChannelStage.Secret)).SendAsync(ChannelStage.Message(), Ct);

    [Fact]
    public async Task The_webhook_s_own_json_is_the_one_that_the_document_shows()
    {
        string document = await File.ReadAllTextAsync(Repository.Path("docs/channels.md"), Ct);
        string shown = document.Split("```json vigie\n")[1].Split("\n```")[0];
        var sent = await JsonAsync("webhook", MessageStatus.Firing);
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(shown).RootElement), JsonSerializer.Serialize(sent));
    }

    [Fact]
    public async Task A_template_makes_the_body_and_hostile_values_stay_values()
    {
        const string Host = "db\"1\", \"admin\": \"yes\n<x>";
        var received = await SentAsync(url => new WebhookOptions
        {
            Url = url,
            Method = "PUT",
            Headers = ["X-Team: ops", "X-Empty:"],
            Body = """
                {"who":"{{ host }}","labels":"{{ labels.mountpoint }}","n":{{ alerts | size }},
                "value":{{ value }}{% if status == "firing" %},"on":1{% endif %}}
                """,
        }, ChannelStage.Message(Host));
        Assert.Equal("PUT", received.Method);
        Assert.Equal("ops", received.Headers["X-Team"]);
        using var json = JsonDocument.Parse(received.Body);
        Assert.Equal(Host, json.RootElement.GetProperty("who").GetString());
        Assert.Equal("/data", json.RootElement.GetProperty("labels").GetString());
        Assert.Equal((1, 0.997, 1), (json.RootElement.GetProperty("n").GetInt32(), json.RootElement.GetProperty("value").GetDouble(),
            json.RootElement.GetProperty("on").GetInt32()));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "a%26b%3D%3C%22", "application/x-www-form-urlencoded")]
    [InlineData("text/html; charset=utf-8", "a&amp;b=&lt;&quot;", "text/html; charset=utf-8")]
    [InlineData("text/plain", "a&b=<\"", "text/plain")]
    public async Task Values_are_encoded_for_the_body_s_type(string type, string encoded, string header)
    {
        var message = ChannelStage.Message("a&b=<\"");
        var received = await SentAsync(url => new WebhookOptions { Url = url, ContentType = type, Body = "{{ host }}" }, message);
        Assert.Equal((encoded, header), (received.Body, received.Headers.ContentType.ToString()));
    }

    [Theory]
    [InlineData("plain-secret", "plain-secret")]
    [InlineData("whsec_cGxhaW4tc2VjcmV0", "plain-secret")]
    public async Task A_signed_webhook_can_be_verified_as_standard_webhooks_describes(string secret, string key)
    {
        var received = await SentAsync(url => new WebhookOptions { Url = url, SigningSecret = secret }, ChannelStage.Message());
        string signed = $"{received.Headers["webhook-id"]}.{received.Headers["webhook-timestamp"]}.{received.Body}";
        string expected = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(signed)));
        Assert.Equal("v1," + expected, received.Headers["webhook-signature"].ToString());
        Assert.Equal("alert-7@vigie", received.Headers["webhook-id"].ToString());
    }

    [Fact]
    public async Task A_login_in_the_address_becomes_a_header_and_stays_a_secret()
    {
        await using var server = await ReplyServer.StartAsync();
        server.Reply = r => (500, $"{r.Headers.Authorization} ada:pa s3cret");
        string url = server.Address.Replace("http://", "http://ada:pa%20s3cret@", StringComparison.Ordinal);
        var channel = ChannelStage.Create(new WebhookOptions { Url = url });
        var delivery = await channel.SendAsync(ChannelStage.Message(), Ct);
        Assert.Equal("Basic " + Convert.ToBase64String("ada:pa s3cret"u8), server.Received[0].Headers.Authorization.ToString());
        Assert.DoesNotContain("s3cret", channel.Target + delivery.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String("ada:pa s3cret"u8), delivery.Reason!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_of_alertmanager_s_webhooks_gets_version_4()
    {
        var firing = await JsonAsync("alertmanager-webhook", MessageStatus.Firing);
        var over = await JsonAsync("alertmanager-webhook", MessageStatus.Resolved);
        Assert.Equal(["version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels", "commonLabels", "commonAnnotations",
            "externalURL", "alerts"], firing.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("4", "firing", "resolved"),
            (firing.GetProperty("version").GetString(), firing.GetProperty("status").GetString(), over.GetProperty("status").GetString()));
        var (one, two) = (firing.GetProperty("alerts")[0], over.GetProperty("alerts")[0]);
        Assert.Equal("disk-full", one.GetProperty("labels").GetProperty("alertname").GetString());
        Assert.Equal("db1", firing.GetProperty("commonLabels").GetProperty("host").GetString());
        Assert.Equal("0001-01-01T00:00:00Z", one.GetProperty("endsAt").GetString());
        Assert.Equal("2026-11-24T09:30:00.000Z", two.GetProperty("endsAt").GetString());
        Assert.Equal(one.GetProperty("fingerprint").GetString(), two.GetProperty("fingerprint").GetString());
    }

    [Fact]
    public async Task A_pager_opens_and_closes_one_incident_by_its_key()
    {
        var (open, close) = (await JsonAsync("pagerduty", MessageStatus.Firing), await JsonAsync("pagerduty", MessageStatus.Resolved));
        Assert.Equal(("trigger", "resolve"), (open.GetProperty("event_action").GetString(), close.GetProperty("event_action").GetString()));
        Assert.Equal(open.GetProperty("dedup_key").GetString(), close.GetProperty("dedup_key").GetString());
        Assert.Equal(("critical", "db1"), (open.GetProperty("payload").GetProperty("severity").GetString(),
            open.GetProperty("payload").GetProperty("source").GetString()));
        var received = await SentAsync(url => ChannelStage.Http["opsgenie"].Options(url, "k3y!"), ChannelStage.Message(status: MessageStatus.Resolved),
            ChannelStage.Http["opsgenie"].Takes);
        Assert.Equal("/v2/alerts/alert-7%40vigie/close?identifierType=alias".Replace("%40", "@", StringComparison.Ordinal),
            received.Target.Replace("%40", "@", StringComparison.Ordinal));
        Assert.Equal("GenieKey k3y!", received.Headers.Authorization.ToString());
    }

    [Fact]
    public async Task A_login_page_that_says_200_has_not_taken_the_message()
    {
        await using var server = await ReplyServer.StartAsync();
        server.Reply = _ => (200, "<html>Please log in</html>");
        foreach (string channel in new[] { "slack", "mattermost", "matrix", "telegram", "ntfy", "gotify", "pushover", "pagerduty", "opsgenie" })
        {
            var delivery = await TryAsync(channel, server);
            Assert.Equal(DeliveryOutcome.Retry, delivery.Outcome);
        }
    }

    [Fact]
    public async Task A_redirect_is_not_followed_for_the_secret_is_meant_for_one_host()
    {
        await using var server = await ReplyServer.StartAsync();
        server.Reply = _ => (307, "");
        var delivery = await TryAsync("webhook", server);
        Assert.Equal(DeliveryOutcome.Retry, delivery.Outcome);
        Assert.Single(server.Received);
    }
}
