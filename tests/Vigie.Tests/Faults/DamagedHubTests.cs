using System.Net;
using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Ingest;
using Vigie.Storage;
using Vigie.Tests.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Faults;

/// <summary>A hub of whose hosts one has a damaged block.</summary>
public sealed class DamagedHubTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task ReportAsync(TestHub hub, DateTimeOffset at)
    {
        foreach (string host in new[] { "web1", "web2" })
            await hub.Get<SampleIngest>().TakeAsync(OtlpRequests.Of(host, at, OtlpRequests.Memory(0.5)), "", Ct);
    }

    [Fact]
    public async Task Other_hosts_are_shown_alerts_go_on_and_what_is_damaged_is_told_on_every_page_and_once_in_the_log()
    {
        var time = new FakeTimeProvider(Noon);
        await using var hub = await TestHub.StartAsync(time);
        var store = hub.Get<MetricStore>();
        using var person = await hub.PersonAsync();
        await ReportAsync(hub, Noon);
        await store.SealAsync(Ct);
        StoreCase.Execute(hub.Folder.Database, "UPDATE block_data SET data = zeroblob(length(data)) WHERE id = 1");

        // While the newest sample of a host can't be read, nobody knows how the fleet is, and the answer says why.
        using (var unknown = await person.GetAsync("/", Ct))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, unknown.StatusCode);
            Assert.Contains("block 1 is damaged", await unknown.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        await hub.Get<AlertEngine>().EvaluateAsync(Ct);
        Assert.Contains(hub.Get<AlertEngine>().Errors.Values, reason => reason.Contains("block 1 is damaged", StringComparison.Ordinal));
        Assert.Contains("<svg", await person.GetStringAsync("/charts/web2/memory.svg?range=1h", Ct), StringComparison.Ordinal);

        time.Advance(TimeSpan.FromHours(1));
        await ReportAsync(hub, time.GetUtcNow());
        await store.SealAsync(Ct);
        await ReportAsync(hub, Noon + TimeSpan.FromSeconds(-1)); // before the damaged block
        await store.SealAsync(Ct);
        foreach (string page in new[] { "/", "/alerts", "/hosts/web2", "/advisories" })
            Assert.Contains("The samples of web1 from ", await person.GetStringAsync(page, Ct), StringComparison.Ordinal);
        await hub.Get<AlertEngine>().EvaluateAsync(Ct);
        Assert.Empty(hub.Get<AlertEngine>().Errors);
        Assert.Single(hub.Log.Lines, l => l.Contains("Block 1 with samples of web1", StringComparison.Ordinal));
        Assert.Equal("web1", Assert.Single(store.Damage).Host);

        time.Advance(TimeSpan.FromDays(8)); // past its time it goes like any other
        await store.CleanAsync(time.GetUtcNow() - TimeSpan.FromDays(7), exact: false, null, Ct);
        Assert.Empty(store.Damage);
        // What was before it was rolled up beside it.
        Assert.Single(await store.SelectAsync(new([new("host", MatchKind.Equal, "web1")], 0, Noon.ToUnixTimeMilliseconds()), Ct));
    }
}
