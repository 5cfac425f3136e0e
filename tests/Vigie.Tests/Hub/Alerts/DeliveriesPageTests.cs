using Vigie.Hub.Accounts;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Alerts;

public sealed class DeliveriesPageTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static Task<TestHub> HubAsync(ReplyServer server) => TestHub.StartAsync(options: o => o with
    {
        Channels = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal)
        {
            ["ops"] = new WebhookOptions { Url = server.Address + "/s3cret-hook" },
            ["pager"] = new PagerDutyOptions { Url = server.Address, RoutingKey = "s3cret-key" },
        },
    });

    static async Task<string> TestAsync(HttpClient person, string channel)
    {
        string page = await person.GetStringAsync("/deliveries", Ct);
        string antiforgery = page.Split("name=\"form-token\" value=\"")[1].Split('"')[0];
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["_handler"] = $"test-{channel}",
            ["form-token"] = antiforgery,
            ["Name"] = channel,
        });
        var answer = await person.PostAsync("/deliveries", form, Ct);
        Assert.True(answer.IsSuccessStatusCode);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    [Fact]
    public async Task A_person_tests_a_channel_and_sees_what_it_has_answered_without_secrets()
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await HubAsync(server);
        using var person = await hub.PersonAsync();
        server.Reply = _ => (200, "<b>thanks</b>");
        string page = await TestAsync(person, "ops");
        Assert.Contains("The channel ops has taken the test: 200 &lt;b&gt;thanks&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("[TEST]", server.Received[0].Body, StringComparison.Ordinal);
        server.Reply = r => (500, r.Target);
        page = await TestAsync(person, "ops");
        Assert.Contains("The channel ops has not taken the test", page, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", page, StringComparison.Ordinal);
        Assert.Equal(2, hub.Get<DeliveryStore>().Recent(10, "ops").Count);
    }

    [Fact]
    public async Task A_test_of_a_pager_is_taken_back_at_once()
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await HubAsync(server);
        server.Reply = _ => (202, """{"status":"success"}""");
        Assert.Equal(DeliveryOutcome.Sent, (await hub.Get<ChannelTest>().SendAsync("pager", Ct))!.Value.Outcome);
        Assert.Contains("\"event_action\":\"trigger\"", server.Received[0].Body, StringComparison.Ordinal);
        Assert.Contains("\"event_action\":\"resolve\"", server.Received[1].Body, StringComparison.Ordinal);
        static string Key(Received r) => r.Body.Split("\"dedup_key\":\"")[1].Split('"')[0];
        Assert.Equal(Key(server.Received[0]), Key(server.Received[1]));
    }

    [Fact]
    public async Task A_program_with_a_token_may_look_and_may_not_test()
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await HubAsync(server);
        using var reader = await hub.ClientAsync(TokenScope.Read);
        Assert.DoesNotContain("<button aria-label=\"Test", await reader.GetStringAsync("/deliveries", Ct), StringComparison.Ordinal);
        using var form = new FormUrlEncodedContent([new("Name", "ops"), new("_handler", "test-ops")]);
        Assert.False((await reader.PostAsync("/deliveries", form, Ct)).IsSuccessStatusCode);
        Assert.Empty(server.Received);
    }
}
