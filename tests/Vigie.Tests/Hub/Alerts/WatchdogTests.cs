using Microsoft.Extensions.Time.Testing;
using Vigie.Hub;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Watchdog;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Alerts;

public sealed class WatchdogTests
{
    readonly FakeTimeProvider _time = new(new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_self_test_goes_by_every_channel_once_in_its_time_also_over_a_restart()
    {
        await using var server = await ReplyServer.StartAsync();
        using var folder = new TempFolder();
        for (int run = 0; run < 2; run++)
        {
            await using var hub = await TestHub.StartAsync(_time, o => o with
            {
                Watchdog = new() { SelfTestEvery = TimeSpan.FromDays(7) },
                Channels = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal)
                {
                    ["a"] = new WebhookOptions { Url = server.Address + "/a" },
                    ["b"] = new WebhookOptions { Url = server.Address + "/b" },
                },
            }, folder: folder.Path);
            var test = hub.Get<SelfTest>();
            Assert.Equal(run == 0, await test.RunAsync(Ct));
            await hub.Get<OutboxDelivery>().RunAsync(Ct);
            Assert.Equal(["/a", "/b"], server.Received.Select(r => r.Target).Order(StringComparer.Ordinal));
            if (run == 0)
                continue;
            _time.Advance(TimeSpan.FromDays(7));
            Assert.True(await test.RunAsync(Ct));
            await hub.Get<OutboxDelivery>().RunAsync(Ct);
            Assert.Equal(4, server.Received.Count);
            Assert.Equal(4, server.Received.Select(r => r.Headers["Idempotency-Key"].ToString()).Distinct(StringComparer.Ordinal).Count());
            Assert.Contains("Vigie works", server.Received[0].Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_heartbeat_is_sent_while_alerts_are_evaluated_and_withheld_when_they_are_not()
    {
        await using var server = await ReplyServer.StartAsync();
        var came = new TaskCompletionSource();
        server.Reply = _ =>
        {
            came.TrySetResult();
            return (200, "OK");
        };
        await using var hub = await TestHub.StartAsync(_time, o => o with { Watchdog = new() { HeartbeatUrl = server.Address + "/ping/s3cret" } },
            loops: true);
        var alerts = hub.Get<IEnumerable<BackgroundLoop>>().First(l => l.Name == HubLoops.AlertLoop);
        for (int i = 0; alerts.LastSuccess is null && i < 1000; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Ct);
        await hub.Get<OutboundHeartbeat>().RunAsync(Ct);
        await came.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Ct);
        Assert.All(server.Received, r => Assert.Equal(("GET", "/ping/s3cret"), (r.Method, r.Target)));
        server.Reply = r => (500, r.Target);
        var failed = await Assert.ThrowsAsync<HeartbeatException>(() => hub.Get<OutboundHeartbeat>().RunAsync(Ct));
        Assert.DoesNotContain("s3cret", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_evaluates_nothing_sends_no_heartbeat()
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await TestHub.StartAsync(_time, o => o with { Watchdog = new() { HeartbeatUrl = server.Address } });
        var withheld = await Assert.ThrowsAsync<HeartbeatException>(() => hub.Get<OutboundHeartbeat>().RunAsync(Ct));
        Assert.Contains("withheld", withheld.Message, StringComparison.Ordinal);
        Assert.Empty(server.Received);
    }
}
