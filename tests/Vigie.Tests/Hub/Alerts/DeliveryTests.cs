using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Hub;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.PromQL;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Alerts;

/// <summary>From the outbox to the channels, on injected time and against real listeners.</summary>
public sealed class DeliveryTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    readonly FakeTimeProvider _time = new(Noon);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    Task<TestHub> HubAsync(params (string Name, ChannelOptions Options)[] channels) => TestHub.StartAsync(_time, o => o with
    {
        Channels = channels.ToDictionary(c => c.Name, c => c.Options, StringComparer.Ordinal),
    });

    static WebhookOptions Webhook(ReplyServer server) => new() { Url = server.Address + "/hook-s3cret" };

    Task PutAsync(TestHub hub, string reference, params string[] channels) =>
        hub.Get<OutboxStore>().PutAsync(NotificationKind.SelfTest, reference, channels, _time.GetUtcNow(), Ct);

    async Task<int> RunAsync(TestHub hub, TimeSpan later = default)
    {
        _time.Advance(later);
        return await hub.Get<OutboxDelivery>().RunAsync(Ct);
    }

    [Fact]
    public async Task Every_try_stands_in_the_log_of_deliveries_with_what_was_answered_and_without_secrets()
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await HubAsync(("ops", Webhook(server)));
        server.Reply = r => (503, $"no {r.Target}");
        await PutAsync(hub, "a", "ops");
        Assert.Equal(0, await RunAsync(hub));
        server.Reply = _ => (200, "thanks");
        Assert.Equal(1, await RunAsync(hub, TimeSpan.FromSeconds(30)));
        var lines = hub.Get<DeliveryStore>().Recent(10);
        Assert.Equal([DeliveryOutcome.Sent, DeliveryOutcome.Retry], lines.Select(l => l.Attempt.Outcome));
        Assert.Equal("200 thanks", lines[0].Attempt.Reply);
        Assert.Contains("503 no •••", lines[1].Attempt.Reply!, StringComparison.Ordinal);
        Assert.All(hub.Log.Lines.Concat(lines.Select(l => l.Attempt.Reply!)), l => Assert.DoesNotContain("s3cret", l, StringComparison.Ordinal));
        Assert.Equal(server.Received[0].Headers["Idempotency-Key"], server.Received[1].Headers["Idempotency-Key"]);
        await hub.Get<DeliveryStore>().CleanAsync(Noon + DeliveryStore.KeptFor + TimeSpan.FromSeconds(1), Ct);
        Assert.Single(hub.Get<DeliveryStore>().Recent(10));
    }

    [Fact]
    public async Task A_channel_that_hangs_does_not_hold_up_another()
    {
        await using var hangs = await ReplyServer.StartAsync();
        await using var works = await ReplyServer.StartAsync();
        hangs.Reply = _ => (0, "");
        await using var hub = await HubAsync(("a", Webhook(hangs) with { Timeout = TimeSpan.FromSeconds(20) }), ("b", Webhook(works)));
        for (int i = 0; i < 5; i++)
            await PutAsync(hub, $"m{i}", "a", "b");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var hanging = hub.Get<OutboxDelivery>().RunAsync("a", stop.Token);
        Assert.Equal(5, await hub.Get<OutboxDelivery>().RunAsync("b", Ct));
        Assert.False(hanging.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        Assert.Equal(5, hub.Get<OutboxStore>().Overdue("a", Noon.AddDays(1), 10).Count); // none is lost by the stop
    }

    [Fact]
    public async Task A_channel_that_fails_is_left_alone_and_what_waits_goes_as_soon_as_it_works_again()
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await HubAsync(("ops", Webhook(server)));
        server.Reply = _ => (500, "");
        for (int i = 0; i < 20; i++)
            await PutAsync(hub, $"m{i}", "ops");
        for (int second = 0; second < 3600; second += 5)
            await RunAsync(hub, TimeSpan.FromSeconds(5));
        Assert.InRange(server.Received.Count, 8, 25); // not twenty messages, each by itself, each time
        server.Reply = _ => (200, "");
        await RunAsync(hub, TimeSpan.FromMinutes(5));
        Assert.Empty(hub.Get<OutboxStore>().Waiting());
        Assert.Equal(20, server.Received.TakeLast(20).Select(r => r.Headers["Idempotency-Key"].ToString()).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("120", "")]
    [InlineData("Tue, 24 Nov 2026 12:02:00 GMT", "")]
    [InlineData(null, """{"retry_after":120.0}""")]
    [InlineData(null, """{"ok":false,"parameters":{"retry_after":120}}""")]
    [InlineData(null, """{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":120000}""")]
    public async Task A_channel_is_left_alone_for_as_long_as_it_asks(string? header, string body)
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await HubAsync(("ops", Webhook(server)));
        (server.RetryAfter, server.Reply) = (header, _ => (429, body));
        await PutAsync(hub, "a", "ops");
        await PutAsync(hub, "b", "ops");
        await RunAsync(hub);
        await RunAsync(hub, TimeSpan.FromSeconds(119));
        Assert.Single(server.Received);
        server.Reply = _ => (200, "");
        Assert.Equal(2, await RunAsync(hub, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task After_the_deadline_a_message_is_given_up_and_says_why()
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await HubAsync(("ops", Webhook(server) with { Deadline = TimeSpan.FromHours(2) }));
        server.Reply = _ => (401, "who are you?");
        for (int i = 0; i < 3; i++)
            await PutAsync(hub, $"m{i}", "ops");
        for (int minute = 0; minute < 119; minute++)
            await RunAsync(hub, TimeSpan.FromMinutes(1));
        Assert.All(hub.Get<OutboxStore>().Recent(3), n => Assert.Null(n.Refused));
        await RunAsync(hub, TimeSpan.FromMinutes(6));
        Assert.All(hub.Get<OutboxStore>().Recent(3), n => Assert.StartsWith("gave up after 2h: 127.0.0.1:", n.Error));
        int before = server.Received.Count;
        await RunAsync(hub, TimeSpan.FromDays(1));
        Assert.Equal(before, server.Received.Count);
    }

    [Fact]
    public async Task What_waits_too_long_is_told_by_the_fallback_which_says_so_and_still_goes_its_own_way()
    {
        await using var down = await ReplyServer.StartAsync();
        await using var up = await ReplyServer.StartAsync();
        down.Reply = _ => (503, "");
        await using var hub = await HubAsync(("ops", Webhook(down) with { Fallback = "spare", FallbackAfter = TimeSpan.FromMinutes(10) }),
            ("spare", Webhook(up) with { Fallback = "ops" }));
        await PutAsync(hub, "a", "ops");
        await PutAsync(hub, "b", "ops");
        for (int minute = 0; minute < 10; minute++)
            await RunAsync(hub, TimeSpan.FromMinutes(1));
        Assert.Empty(up.Received);
        await RunAsync(hub, TimeSpan.FromMinutes(1));
        await RunAsync(hub, TimeSpan.FromMinutes(1));
        Assert.Equal(2, up.Received.Count);
        Assert.Contains("tell this, so it comes by spare.", up.Received[0].Body, StringComparison.Ordinal);
        down.Reply = _ => (200, "");
        await RunAsync(hub, TimeSpan.FromMinutes(15));
        Assert.Empty(hub.Get<OutboxStore>().Waiting());
        Assert.Equal(2, up.Received.Count);
    }

    [Fact]
    public async Task What_a_channel_refuses_goes_to_the_fallback_at_once()
    {
        await using var no = await ReplyServer.StartAsync();
        await using var up = await ReplyServer.StartAsync();
        no.Reply = _ => (400, "too long");
        await using var hub = await HubAsync(("ops", Webhook(no) with { Fallback = "spare" }), ("spare", Webhook(up)));
        await PutAsync(hub, "a", "ops");
        await RunAsync(hub);
        await RunAsync(hub);
        Assert.Single(no.Received);
        Assert.Single(up.Received);
    }

    [Fact]
    public async Task A_recovery_never_overtakes_its_alert()
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await HubAsync(("ops", Webhook(server)));
        var outbox = hub.Get<OutboxStore>();
        server.Reply = _ => (500, "");
        await outbox.PutAsync(NotificationKind.Advisory, "1", ["ops"], Noon, Ct);
        await outbox.PutAsync(NotificationKind.SelfTest, "1", ["ops"], Noon, Ct);
        Assert.Equal([NotificationKind.Advisory], outbox.Due("ops", Noon.AddDays(1), 10).Select(n => n.Kind));
        await RunAsync(hub); // there is no such advisory: refused, and the way is free
        Assert.Equal([NotificationKind.SelfTest], outbox.Due("ops", Noon.AddDays(1), 10).Select(n => n.Kind));
    }

    [Fact]
    public async Task A_message_for_a_channel_that_is_gone_waits_for_a_day_and_is_then_given_up()
    {
        await using var hub = await HubAsync();
        await PutAsync(hub, "a", "gone");
        await RunAsync(hub);
        Assert.Contains("the channel gone is not configured", Assert.Single(hub.Get<OutboxStore>().Undelivered(1)).Error!, StringComparison.Ordinal);
        await RunAsync(hub, TimeSpan.FromHours(25));
        Assert.NotNull(Assert.Single(hub.Get<OutboxStore>().Undelivered(1)).Refused);
    }

    [Fact]
    public async Task What_was_taken_while_the_hub_stops_is_not_told_again()
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await HubAsync(("ops", Webhook(server)));
        for (int i = 0; i < 3; i++)
            await PutAsync(hub, $"m{i}", "ops");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        server.Reply = _ =>
        {
            if (server.Received.Count == 2)
                stop.Cancel(); // the first is done, the second is on its way and may come twice
            return (200, "");
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hub.Get<OutboxDelivery>().RunAsync("ops", stop.Token));
        await RunAsync(hub);
        Assert.InRange(server.Received.Count, 3, 4);
        Assert.Single(server.Received, r => r.Headers["Idempotency-Key"] == server.Received[0].Headers["Idempotency-Key"]);
        Assert.Empty(hub.Get<OutboxStore>().Waiting());
    }

    [Fact]
    public async Task Ten_thousand_messages_go_by_one_lane_each_once()
    {
        await using var server = await ReplyServer.StartAsync();
        await using var hub = await HubAsync(("ops", Webhook(server)));
        var database = hub.Get<Database>();
        await database.WriteAsync((connection, transaction) =>
        {
            for (int i = 0; i < 10_000; i++)
                OutboxStore.Put(connection, transaction, NotificationKind.Advisory, $"a{i}", "ops", Noon.ToUnixTimeMilliseconds());
        }, Ct);
        await PutAsync(hub, "last", "ops");
        Assert.Equal(1, await RunAsync(hub)); // the others tell of what does not exist
        Assert.Empty(hub.Get<OutboxStore>().Waiting());
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task What_waits_is_a_metric_of_each_channel()
    {
        await using var server = await ReplyServer.StartAsync();
        server.Reply = _ => (500, "");
        await using var hub = await HubAsync(("ops", Webhook(server)), ("spare", Webhook(server)));
        await PutAsync(hub, "a", "ops");
        _time.Advance(TimeSpan.FromMinutes(3));
        var batch = new SampleBatch();
        hub.Get<ChannelMetrics>().AddTo(batch);
        await hub.Get<MetricStore>().WriteAsync(batch, Ct);
        var answer = await hub.Get<QueryEngine>().InstantAsync(Vigie.PromQL.Ast.Expr.Parse("vigie_channel_waiting_age_seconds"),
            _time.GetUtcNow().ToUnixTimeMilliseconds(), Ct);
        Assert.Equal(["ops 180", "spare 0"], answer.Series().Select(s => $"{s.Labels["channel"]} {s.Values.Span[0]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_goes_when_it_is_put_and_not_when_a_loop_looks()
    {
        await using var server = await ReplyServer.StartAsync();
        var came = new TaskCompletionSource();
        server.Reply = _ =>
        {
            came.TrySetResult();
            return (200, "");
        };
        // The hub's time stands still, so no loop looks by itself after its first round.
        await using var hub = await TestHub.StartAsync(_time, o => o with
        {
            Channels = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal) { ["ops"] = Webhook(server) },
        }, loops: true);
        await PutAsync(hub, "a", "ops");
        await came.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Ct);
        Assert.Contains(hub.Get<IEnumerable<BackgroundLoop>>(), l => l.Name == "Channel ops");
    }
}
