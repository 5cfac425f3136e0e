using Microsoft.Extensions.Time.Testing;
using Vigie.Hub;
using Vigie.Hub.Advisories;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories;

public sealed class AdvisoryLoopsTests
{
    static Task<TestHub> HubAsync(FakeTimeProvider time, CertFrOptions options) =>
        TestHub.StartAsync(time, o => o with { Feeds = o.Feeds with { CertFr = options } }, loops: true);

    static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 2000 && !condition(); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        Assert.True(condition());
    }

    [Fact]
    public async Task The_hub_fetches_by_itself_at_its_start_and_every_hour()
    {
        await using var server = await FeedServer.StartAsync();
        server.Folder(FeedBench.Cases("certfr", "site"));
        var time = new FakeTimeProvider(FeedBench.Start);
        await using var hub = await HubAsync(time, new() { BaseUrl = server.Address, Pause = TimeSpan.Zero });
        await UntilAsync(() => hub.Get<FeedStore>().Find("CertFr").Filled is not null);
        Assert.Equal(7, hub.Get<AdvisoryStore>().Types().Values.Sum());
        server.Folder(FeedBench.Cases("certfr", "later"));
        await UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(10));
            return hub.Get<AdvisoryStore>().Find("CERTFR-2026-ALE-012") is not null;
        });
        Assert.InRange(time.GetUtcNow() - FeedBench.Start, TimeSpan.FromHours(1), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task A_failing_feed_is_said_by_its_loop()
    {
        await using var server = await FeedServer.StartAsync(); // answers 404 to everything
        await using var hub = await HubAsync(new FakeTimeProvider(FeedBench.Start), new() { BaseUrl = server.Address });
        var loop = hub.Get<IEnumerable<BackgroundLoop>>().Single(l => l.Name == "Feed CertFr");
        await UntilAsync(() => loop.LastFailure is not null);
        Assert.Contains("the server answers 404", loop.LastFailure?.Reason);
    }
}
