using Vigie.Hub.Advisories.Findings;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.FindingBench;

namespace Vigie.Tests.Hub.Advisories.Findings;

public sealed class AcceptanceTests
{
    static async Task<FindingBench> AcceptedAsync(string? host, TimeSpan? length = null)
    {
        var bench = await StartAsync();
        foreach (string name in new[] { "web1", "web2" })
            await bench.InventoryAsync(name, ("openssl", Old), ("bash", "5.2-1"));
        await bench.TrackerAsync((Cve, Fixed), (OtherCve, Fixed));
        await bench.SaveAsync(Openssl());
        await bench.RoundAsync();
        var now = bench.Feeds.Time.GetUtcNow();
        Assert.True(await bench.Feeds.Get<AcceptanceStore>().AcceptAsync(Reference, host, "behind a proxy", "ada", now + length, now, default));
        return bench;
    }

    static (int, int) Totals(FindingBench bench) => bench.Store.Totals();

    [Fact]
    public async Task It_holds_for_a_host_or_for_all_and_is_withdrawn()
    {
        await using var bench = await AcceptedAsync("web1");
        Assert.Equal((1, 1), Totals(bench));
        Assert.Equal(["web2"], bench.Store.Of(Reference).Where(f => !f.IsAccepted).Select(f => f.Host));
        var store = bench.Feeds.Get<AcceptanceStore>();
        var now = bench.Feeds.Time.GetUtcNow();
        await store.AcceptAsync(Reference, null, "all", "ada", null, now, default);
        Assert.Equal((0, 0), Totals(bench));
        foreach (var one in store.Of(Reference))
            Assert.True(await store.WithdrawAsync(one.Id, now, default));
        Assert.Equal((1, 2), Totals(bench));
        Assert.False(await store.WithdrawAsync(1, now, default));
        Assert.False(await store.AcceptAsync("CERTFR-1999-AVI-001", null, "x", "ada", null, now, default));
    }

    [Fact]
    public async Task It_ends_by_its_date()
    {
        await using var bench = await AcceptedAsync(null, TimeSpan.FromDays(30));
        Assert.Equal((0, 0), Totals(bench));
        bench.Feeds.Time.Advance(TimeSpan.FromDays(31));
        await bench.RoundAsync();
        Assert.Equal((1, 2), Totals(bench));
        Assert.Empty(bench.Outbox);
    }

    [Fact]
    public async Task It_is_opened_again_when_cves_are_added()
    {
        await using var bench = await AcceptedAsync(null);
        await bench.SaveAsync(Openssl() with { Risks = ["Autre"] });
        await bench.RoundAsync();
        Assert.Equal((0, 0), Totals(bench));
        await bench.SaveAsync(Openssl(Reference, Cve, OtherCve));
        await bench.RoundAsync();
        Assert.Equal((1, 2), Totals(bench));
        Assert.Equal(AcceptanceStore.CvesAdded, bench.Feeds.Get<AcceptanceStore>().Of(Reference)[0].EndedBy);
    }

    [Fact]
    public async Task It_is_opened_again_and_told_when_attacks_become_known()
    {
        await using var bench = await AcceptedAsync(null);
        await bench.ExploitedAsync(Cve);
        await bench.RoundAsync();
        Assert.Equal(AcceptanceStore.Exploited, bench.Feeds.Get<AcceptanceStore>().Of(Reference)[0].EndedBy);
        Assert.Equal((1, 2), Totals(bench));
        Assert.Equal(1, Assert.Single(bench.Outbox).Number);
    }

    [Fact]
    public async Task Nobody_is_told_of_what_is_accepted()
    {
        await using var bench = await StartAsync();
        await bench.InventoryAsync("web1", ("openssl", Old), ("bash", "5.2-1"));
        await bench.TrackerAsync((Cve, null));
        await bench.SaveAsync(Openssl());
        await bench.RoundAsync();
        await bench.Feeds.Get<AcceptanceStore>().AcceptAsync(Reference, null, "x", "ada", null, bench.Feeds.Time.GetUtcNow(), default);
        await bench.TrackerAsync((Cve, Fixed));
        await bench.RoundAsync();
        Assert.Empty(bench.Outbox);
        Assert.True(Assert.Single(bench.Store.Of(Reference)).IsAccepted);
    }
}
