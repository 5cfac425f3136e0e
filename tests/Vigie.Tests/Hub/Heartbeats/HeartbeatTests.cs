using System.Net;
using Vigie.Hub.Accounts;
using Vigie.Hub.Alerts;
using Vigie.Hub.Heartbeats;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Heartbeats;

public sealed class HeartbeatTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static Heartbeat Job(TestHub hub) => Assert.Single(hub.Get<HeartbeatStore>().All());

    static IEnumerable<(string, string, AlertState)> Alerts(AlertStage stage) => stage.Open.Select(a => (a.Rule, a.Subject, a.State));

    [Fact]
    public async Task A_job_that_failed_or_is_late_is_an_alert_and_a_good_run_ends_it()
    {
        await using var stage = await AlertStage.StartAsync();
        using var client = await stage.Hub.ClientAsync();
        string token = await stage.Hub.TokenAsync(TokenScope.Push, "web1/backup");
        Task<string> TellAsync(string what) => client.GetStringAsync($"/ping/{token}{what}", Ct);

        Assert.Equal("OK", await TellAsync("?every=1h"));
        await stage.RunAsync(TimeSpan.FromMinutes(60), "web1", OtlpRequests.Memory(0.1));
        Assert.Empty(stage.Open);
        await stage.RunAsync(TimeSpan.FromMinutes(10), "web1", OtlpRequests.Memory(0.1));
        Assert.Equal([("job-late", "backup", AlertState.Firing)], Alerts(stage));
        await TellAsync("/3");
        await stage.RunAsync(TimeSpan.FromMinutes(1), "web1", OtlpRequests.Memory(0.1));
        Assert.Equal([("job-failed", "backup", AlertState.Firing), ("job-late", "backup", AlertState.Firing)], Alerts(stage).Order());
        await TellAsync("");
        await stage.RunAsync(TimeSpan.FromMinutes(1), "web1", OtlpRequests.Memory(0.1));
        Assert.Empty(stage.Open);
        Assert.Equal("web1", Job(stage.Hub).Host);
    }

    [Fact]
    public async Task A_job_of_no_host_is_watched_too()
    {
        await using var stage = await AlertStage.StartAsync();
        using var client = await stage.Hub.ClientAsync();
        using var said = new StringContent("the disk is full");
        await client.PostAsync($"/ping/{await stage.Hub.TokenAsync(TokenScope.Push, "nightly")}/4", said, Ct);
        await stage.RoundAsync();
        var alert = Assert.Single(stage.Open);
        Assert.Equal(("job-failed", "", "nightly"), (alert.Rule, alert.Host, alert.Subject));
        string mail = Assert.Single(stage.Smtp.Mails()).TextBody!;
        Assert.Contains("Value       4 (alert from 1)", mail, StringComparison.Ordinal);
        Assert.Contains("the disk is full", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_words_of_healthchecks_are_understood()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await hub.ClientAsync();
        string token = await hub.TokenAsync(TokenScope.Push, "nightly");
        async Task<HttpStatusCode> PostAsync(string what, string body = "")
        {
            using var content = new StringContent(body);
            return (await client.PostAsync($"/ping/{token}{what}", content, Ct)).StatusCode;
        }
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/start"));
        Assert.True(Job(hub).IsRunning);
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/fail", "disk full\nsecond line"));
        Assert.Equal((1L, "disk full second line", false, ""), (Job(hub).ExitCode!.Value, Job(hub).Text, Job(hub).IsRunning, Job(hub).Host));
        Assert.True(Job(hub).Seconds >= 0);
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/0"));
        Assert.False(Job(hub).HasFailed);
        using var head = await client.SendAsync(new(HttpMethod.Head, $"/ping/{token}"), Ct);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/256"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/what"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("?every=soon"));
    }

    [Fact]
    public async Task The_words_of_uptime_kuma_are_understood()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await hub.ClientAsync();
        string token = await hub.TokenAsync(TokenScope.Push, "web1/site");
        Assert.Equal("""{"ok":true}""", await client.GetStringAsync($"/api/push/{token}?status=up&msg=OK&ping=250", Ct));
        Assert.Equal((0L, 0.25, "OK", "web1", "site"), (Job(hub).ExitCode!.Value, Job(hub).Seconds!.Value, Job(hub).Text, Job(hub).Host, Job(hub).Job));
        Assert.Equal("""{"ok":true}""", await client.GetStringAsync($"/api/push/{token}?status=down&msg=broken&ping=", Ct));
        Assert.True(Job(hub).HasFailed);
    }

    [Fact]
    public async Task Only_a_token_for_pushing_pushes_and_it_does_nothing_else()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await hub.ClientAsync();
        foreach (var token in new[] { await hub.TokenAsync(TokenScope.Write), await hub.TokenAsync(TokenScope.Admin), "vigie_made-up", "x" })
            foreach (string path in new[] { $"/ping/{token}", $"/api/push/{token}" })
                Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path, Ct)).StatusCode);
        using var pusher = await hub.ClientAsync(TokenScope.Push);
        Assert.Equal(HttpStatusCode.Forbidden, (await pusher.GetAsync("/alerts", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await pusher.PostAsync("/api/v1/heartbeat?state=end&job=x", null, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await pusher.PostAsync("/v1/metrics", null, Ct)).StatusCode);
        Assert.Empty(hub.Get<HeartbeatStore>().All());
    }

    [Fact]
    public async Task A_jobs_page_shows_how_it_went_and_the_command_forgets_it()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.ReportAsync("web1", OtlpRequests.Memory(0.1));
        using var writer = await stage.Hub.ClientAsync(TokenScope.Write);
        using var told = await writer.PostAsync("/api/v1/heartbeat?host=web1&job=%3Cb%3E&state=end&exit=3&seconds=12&every=1d&text=no+room", null, Ct);
        told.EnsureSuccessStatusCode();
        using var person = await stage.Hub.PersonAsync();
        string page = await person.GetStringAsync("/hosts/web1", Ct);
        Assert.All(["&lt;b&gt;", "no room", "exit code 3", "failed"], text => Assert.Contains(text, page, StringComparison.Ordinal));
        Assert.True(await stage.Hub.Get<HeartbeatStore>().RemoveAsync("web1", "<b>", Ct));
        Assert.Empty(stage.Hub.Get<HeartbeatStore>().All());
    }
}
