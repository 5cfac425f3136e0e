using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.FindingBench;

namespace Vigie.Tests.Hub.Advisories.Findings;

public sealed class FindingRoundTests
{
    static async Task<FindingBench> JudgedAsync(string? fix = Fixed)
    {
        var bench = await StartAsync();
        await bench.InventoryAsync("web1", ("openssl", Old), ("bash", "5.2-1"));
        await bench.InventoryAsync("web2", ("openssl", Fixed), ("bash", "5.2-1"));
        await bench.TrackerAsync((Cve, fix));
        await bench.RoundAsync();
        return bench;
    }

    [Fact]
    public async Task A_finding_begins_changes_and_ends_with_its_times()
    {
        await using var bench = await JudgedAsync(null);
        await bench.SaveAsync(Openssl());
        Assert.Equal(2, await bench.RoundAsync());
        var begun = bench.Store.Of(Reference);
        Assert.Equal([("web1", Verdict.FixPending), ("web2", Verdict.FixPending)], begun.Select(f => (f.Host, f.Verdict)));
        Assert.All(begun, f => Assert.Equal(("openssl", Tier.Concerns, null as string), (f.Package, f.Tier, f.Fixed)));

        bench.Feeds.Time.Advance(TimeSpan.FromHours(1));
        await bench.TrackerAsync((Cve, Fixed));
        await bench.RoundAsync();
        var now = bench.Store.Of(Reference);
        Assert.Equal([("web1", Verdict.FixAvailable), ("web2", Verdict.Fixed)], now.Select(f => (f.Host, f.Verdict)));
        Assert.Equal((begun[0].First, true), (now[0].First, now[0].Since > begun[0].Since));
        Assert.Equal("apt-get update && apt-get install --only-upgrade openssl", now[0].Command);
        Assert.Contains($"openssl {Old} < {Fixed}", now[0].Reason);
        Assert.NotNull(now[1].Ended);
        Assert.Equal((1, 1), bench.Store.Totals());
        Assert.Equal(new PendingUpdate("openssl", Old, Fixed, 1, "medium"), Assert.Single(bench.Store.Updates("web1")));
        Assert.Empty(bench.Store.Updates("web2"));

        await bench.InventoryAsync("web1", ("openssl", Fixed), ("bash", "5.2-1"));
        Assert.Equal(1, await bench.RoundAsync()); // the other host is as it was
        Assert.Equal((0, 0), bench.Store.Totals());
        Assert.All(bench.Store.Of(Reference), f => Assert.NotNull(f.Ended));
        bench.Feeds.Time.Advance(TimeSpan.FromDays(92));
        await bench.RoundAsync();
        Assert.Empty(bench.Store.Of(Reference));
    }

    [Fact]
    public async Task The_report_tells_how_many_concern_whom()
    {
        await using var bench = await JudgedAsync();
        var section = new AdvisorySection(bench.Store);
        var (to, style) = (bench.Feeds.Time.GetUtcNow(), new MessageStyle(Vigie.Hub.Web.Texts.French, TimeZoneInfo.Utc));
        Assert.Null(await section.OfAsync(to.AddDays(-7), to, style, TestContext.Current.CancellationToken));
        await bench.SaveAsync(Openssl());
        await bench.RoundAsync();
        var told = await section.OfAsync(to.AddDays(-7), to, style, TestContext.Current.CancellationToken);
        Assert.Equal([("web1", "constats\u00a0: 1")], told!.Lines);
        Assert.Contains("1", told.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_judged_twice_and_a_new_process_finds_the_same()
    {
        await using var bench = await JudgedAsync();
        await bench.SaveAsync(Openssl());
        await bench.RoundAsync();
        Assert.Equal(0, await bench.RoundAsync());
        var before = bench.Store.Of(Reference);
        await bench.SaveAsync(Openssl() with { Risks = ["Déni de service "] }); // the same, written otherwise
        Assert.Equal(0, await bench.RoundAsync());
        Assert.Equal(before, bench.Store.Of(Reference));
        var other = Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<FindingRound>(bench.Feeds.Services);
        Assert.Equal(2, await other.RunAsync(default));
        Assert.Equal(before, bench.Store.Of(Reference));
        Assert.Empty(bench.Outbox);
    }

    [Fact]
    public async Task Attacks_that_become_known_raise_the_severity()
    {
        await using var bench = await JudgedAsync();
        await bench.SaveAsync(Openssl());
        await bench.RoundAsync();
        Assert.Equal(FindingLevel.Medium, bench.Store.Of(Reference)[0].Level);
        await bench.ExploitedAsync(Cve);
        await bench.RoundAsync();
        var finding = bench.Store.Of(Reference)[0];
        Assert.Equal((FindingLevel.Critical, true), (finding.Level, finding.IsExploited));
        Assert.Contains("CISA", finding.LevelReason);
    }

    [Fact]
    public async Task A_host_that_tells_no_inventory_any_more_is_forgotten()
    {
        await using var bench = await JudgedAsync();
        await bench.SaveAsync(Openssl());
        await bench.RoundAsync();
        await bench.InventoryAsync("web1");
        await bench.RoundAsync();
        Assert.Empty(bench.Store.OfHost("web1"));
        Assert.Empty(bench.Store.Updates("web1"));
    }

    [Fact]
    public async Task Without_data_of_the_distribution_it_is_unknown_and_never_good()
    {
        await using var bench = await StartAsync();
        await bench.InventoryAsync("web1", ("openssl", Old));
        await bench.SaveAsync(Openssl());
        await bench.RoundAsync();
        Assert.Equal(Verdict.Unknown, Assert.Single(bench.Store.Of(Reference)).Verdict);
        Assert.Equal((0, 1), bench.Store.Concerns()[Reference] is var c ? (c.Hosts, c.Unknown) : default);
    }

    [Fact]
    public async Task Own_names_of_products_are_read_from_the_data_folder()
    {
        await using var bench = await JudgedAsync();
        await File.WriteAllTextAsync(Path.Combine(bench.Feeds.Folder, "aliases.tsv"), "Notre Portail\topenssl\t\t\t\n");
        await bench.SaveAsync(Openssl() with { Title = "Vulnérabilité dans Notre Portail", Affected = [] });
        var other = Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<FindingRound>(bench.Feeds.Services);
        await other.RunAsync(default);
        Assert.Equal(Tier.Concerns, bench.Store.Of(Reference)[0].Tier);
    }
}
