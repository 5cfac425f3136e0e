using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using Vigie.Hub.Alerts.Channels;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Alerts;

/// <summary>Hostile and long texts, by every channel that speaks HTTP: what arrives means nothing there and is within its bounds.</summary>
public sealed class ChannelTextTests
{
    const string Hostile = "@everyone <!channel> <@U123> </b></pre><script>x</script> [a](http://evil) ```\n# big\r\nX-Header: y \u202egnp \"} 🦉é";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<Received> SentAsync(string channel, Message message)
    {
        await using var server = await ReplyServer.StartAsync();
        server.Reply = _ => (200, ChannelStage.Http[channel].Takes);
        var delivery = await ChannelStage.Create(ChannelStage.Http[channel].Options(server.Address, ChannelStage.Secret)).SendAsync(message, Ct);
        Assert.True(delivery.Outcome == DeliveryOutcome.Sent, delivery.Reason);
        return server.Received[0];
    }

    static Message HostileMessage(int repeat = 1)
    {
        string host = string.Concat(Enumerable.Repeat(Hostile, repeat));
        return ChannelStage.Message(host, text: $"Disk full\n\nServer  {host}\n");
    }

    static IEnumerable<string> Strings(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => [json.GetString()!],
        JsonValueKind.Object => json.EnumerateObject().SelectMany(p => Strings(p.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Strings),
        _ => [],
    };

    public static TheoryData<string> Channels => [.. ChannelStage.Http.Keys];

    [Theory, MemberData(nameof(Channels))]
    public async Task What_arrives_is_sound_and_carries_no_header_of_the_host_s_choice(string channel)
    {
        var received = await SentAsync(channel, HostileMessage(500));
        Assert.DoesNotContain("X-Header", received.Headers.Keys);
        Assert.DoesNotContain(received.Body, c => char.IsSurrogate(c) && !char.IsSurrogatePair(received.Body, Math.Max(0, received.Body.IndexOf(c) - 1))
            && !char.IsSurrogatePair(received.Body, received.Body.IndexOf(c)));
        Assert.DoesNotContain("\ufffd", received.Body, StringComparison.Ordinal);
        if (channel != "pushover")
            JsonDocument.Parse(received.Body).Dispose();
    }

    [Theory]
    [InlineData("slack", new[] { "<!", "<@", "```\n#" })]
    [InlineData("discord", new[] { "@everyone", "](http://evil)", "```\n#" })]
    [InlineData("mattermost", new[] { "```\n#" })]
    [InlineData("matrix", new[] { "<script>", "</pre><script" })]
    [InlineData("telegram", new[] { "<script>", "</b></pre><" })]
    public async Task Nothing_of_a_hostile_name_means_anything_to_a_chat(string channel, string[] never)
    {
        using var json = JsonDocument.Parse((await SentAsync(channel, HostileMessage())).Body);
        string text = channel == "matrix" ? json.RootElement.GetProperty("formatted_body").GetString()!
            : string.Join('\n', Strings(json.RootElement).Where(s => !s.Contains("```", StringComparison.Ordinal) || channel == "slack"));
        foreach (string mark in never)
            Assert.DoesNotContain(mark, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Strings(json.RootElement), s => s.Contains('\u202e', StringComparison.Ordinal));
        if (channel == "discord")
            Assert.Equal(0, json.RootElement.GetProperty("allowed_mentions").GetProperty("parse").GetArrayLength());
    }

    [Theory]
    [InlineData("slack", 3000, "attachments.0.blocks.0.text.text")]
    [InlineData("discord", 2000, "content")]
    [InlineData("discord", 4096, "embeds.0.description")]
    [InlineData("telegram", 4096, "text")]
    [InlineData("opsgenie", 130, "message")]
    [InlineData("opsgenie", 15_000, "description")]
    [InlineData("pagerduty", 1024, "payload.summary")]
    [InlineData("ntfy", 4096, "message")]
    [InlineData("mattermost", 16_383, "attachments.0.text")]
    public async Task A_text_is_cut_to_what_the_service_holds(string channel, int most, string path)
    {
        using var json = JsonDocument.Parse((await SentAsync(channel, HostileMessage(500))).Body);
        var at = json.RootElement;
        foreach (string step in path.Split('.'))
            at = int.TryParse(step, CultureInfo.InvariantCulture, out int index) ? at[index] : at.GetProperty(step);
        string text = at.GetString()!;
        Assert.InRange(channel == "ntfy" ? Encoding.UTF8.GetByteCount(text) : text.Length, most / 2, most);
        Assert.Contains('…', text);
    }

    [Theory]
    [InlineData("teams", 28 * 1024)]
    [InlineData("matrix", 64 * 1024)]
    [InlineData("pagerduty", 512 * 1024)]
    public async Task A_whole_request_is_within_what_the_service_takes(string channel, int most) =>
        Assert.InRange(Encoding.UTF8.GetByteCount((await SentAsync(channel, HostileMessage(2000))).Body), 1000, most);

    [Fact]
    public async Task Pushover_gets_texts_within_its_bounds()
    {
        var fields = (await SentAsync("pushover", HostileMessage(500))).Body.Split('&').Select(f => f.Split('='))
            .ToDictionary(f => f[0], f => Uri.UnescapeDataString(f[1]), StringComparer.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(fields["message"]), 900, 1024);
        Assert.InRange(Encoding.UTF8.GetByteCount(fields["title"]), 200, 250);
        Assert.Equal("1", fields["priority"]);
    }

    [Fact]
    public void A_text_is_cut_at_a_whole_sign_within_its_bound_however_it_is_escaped() =>
        Gen.Select(Gen.String, Gen.Int[1, 60], Gen.Bool).Sample((text, most, bytes) =>
        {
            string fitted = ChatText.Fit(text, most + 3, ChatText.Html, bytes);
            Assert.True((bytes ? Encoding.UTF8.GetByteCount(fitted) : fitted.Length) <= most + 3);
            Assert.DoesNotContain('<', fitted);
            Assert.Equal(fitted, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(fitted)));
            int amp = fitted.LastIndexOf('&');
            Assert.True(amp < 0 || fitted.IndexOf(';', amp) > 0, fitted); // no half of an escape
        });
}
