using System.Text;
using System.Text.Json;
using Vigie.Agent.Inventory;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Snapshots;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories.Data;

public sealed class DataFeedTests
{
    const string Tracker = "/tracker/data/json", Kev = "/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        Epss = "/epss_scores-current.csv.gz";

    /// <summary>A series of Ubuntu with one row, packed by xz.</summary>
    const string Jammy =
        "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AEZAKddAD2IikaUHb0w0p6Nltrz+5evtLjooGIpdpnRtcy8lc0gdd0ZJDdXPBuJa8ZhJq9RUQ631l" +
        "rsDdFS3PNSS5R+wynzZUaH8NijzT2O0SAoS6b+3gveTJbM/GqY9YwGMgxWkSPnMa+rSdBq+SUrqfB+2KHBu9ze14AYXuoCJV00bvvP7saaXnRp" +
        "TwuMYmJNKTlVbCAz02kjvH0TrTUaVONqEe9a3c9LENbVAACliFRyvOILGQABwwGaAgAA2UQwuLHEZ/sCAAAAAARZWg==";

    const string TrackerBody = """
        {"openssl": {"CVE-2024-5535": {"releases": {
            "buster": {"status": "open", "urgency": "low", "repositories": {"buster": "1.1.1n-0+deb10u3"}},
            "bookworm": {"status": "resolved", "fixed_version": "3.0.15-1~deb12u1", "urgency": "low", "repositories": {"bookworm": "3.0.15-1~deb12u1"}}}}},
         "zsh": {"CVE-2021-45444": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "5.8.1-1", "urgency": "high"}}}},
         "curl": {"CVE-2024-7264": {"releases": {"bookworm": {"status": "open", "urgency": "low", "nodsa": "Minor", "nodsa_reason": "ignored"}}}}}
        """;

    static async Task<(FeedBench Bench, IDataFeed Feed)> StartAsync(string name, params (string Host, InventoryDocument Document)[] hosts)
    {
        var bench = await FeedBench.StartAsync(part: null, feeds: [name]);
        foreach (var (host, document) in hosts)
            await SaveAsync(bench, host, document);
        return (bench, bench.Get<IEnumerable<IDataFeed>>().Single(f => f.Name == name));
    }

    static async Task SaveAsync(FeedBench bench, string host, InventoryDocument document) =>
        await bench.Get<SnapshotStore>().SaveAsync(host, InventoryDocument.Kind, document.Write(), default);

    static InventoryDocument Debian(params string[] sources) =>
        SampleInventory.Document with { Packages = [.. sources.Select(s => new PackageInfo(s, "1.0-1", [s]))] };

    static Knowledge Known(FeedBench bench) => bench.Get<DataStore>().Read((_, problem) => Assert.Fail(problem));

    [Fact]
    public async Task Only_what_hosts_need_is_fetched_and_kept()
    {
        var (bench, feed) = await StartAsync("Debian");
        await using var _ = bench;
        bench.Server.Put(Tracker, "application/json", Encoding.UTF8.GetBytes(TrackerBody), "\"one\"", gzip: true);
        var runner = bench.Get<DataFeedRunner>();
        Assert.Equal(0, (await runner.RunAsync(feed, now: false, default)).Documents);
        Assert.Empty(bench.Server.Requests);

        await SaveAsync(bench, "web1", Debian("openssl", "bash"));
        Assert.Equal((1, 1), (await runner.RunAsync(feed, now: false, default)) is var r ? (r.Fetched, r.Rows) : default);
        var data = Known(bench).Data;
        Assert.Equal("3.0.15-1~deb12u1", Assert.Single(data.Find(new("debian", "bookworm"), "openssl")!.Rows).Fixed);
        Assert.Equal("bookworm", data.Find(new("debian", "bookworm"), "openssl")!.Parts["3.0.15-1~deb12u1"]);
        Assert.Null(data.Find(new("debian", "buster"), "openssl"));
        Assert.Null(data.Find(new("debian", "bookworm"), "zsh"));

        bench.Time.Advance(TimeSpan.FromMinutes(40));
        await runner.RunAsync(feed, now: false, default);
        Assert.Single(bench.Server.Requests); // not due

        bench.Time.Advance(TimeSpan.FromHours(6));
        string stamp = Known(bench).Stamp;
        Assert.Equal(0, (await runner.RunAsync(feed, now: false, default)).Fetched);
        Assert.Equal("\"one\"", bench.Server.Requests[^1].Headers.IfNoneMatch);
        Assert.Equal(stamp, Known(bench).Stamp);

        // Another package: what was left out has to come, though the source has not changed.
        await SaveAsync(bench, "web1", Debian("openssl", "curl"));
        bench.Time.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal(1, (await runner.RunAsync(feed, now: false, default)).Fetched);
        Assert.Equal("", bench.Server.Requests[^1].Headers.IfNoneMatch.ToString());
        Assert.Equal(FixState.WontFix, Assert.Single(Known(bench).Data.Find(new("debian", "bookworm"), "curl")!.Rows).State);
        Assert.NotEqual(stamp, Known(bench).Stamp);
        Assert.Empty(Directory.GetFiles(bench.Folder, "fetch-*"));
    }

    [Fact]
    public async Task What_cant_be_used_leaves_what_is_kept_and_is_told()
    {
        var (bench, feed) = await StartAsync("Debian", ("web1", Debian("openssl")));
        await using var _ = bench;
        var runner = bench.Get<DataFeedRunner>();
        bench.Server.Json(Tracker, TrackerBody);
        await runner.RunAsync(feed, now: true, default);
        string stamp = Known(bench).Stamp;
        var endless = Encoding.UTF8.GetBytes(TrackerBody[..200]);
        var answers = new (string Reason, Action Set)[]
        {
            ("text/html", () => bench.Server.Put(Tracker, "text/html", "<p>log in first</p>"u8.ToArray())),
            ("no row for any package", () => bench.Server.Json(Tracker, "{\"status\": \"down\"}")),
            ("not JSON", () => bench.Server.Put(Tracker, "application/json", endless)),
            ("503", () => bench.Server.Status(Tracker, 503)),
            ("nothing can be read", () => bench.Server.Answer(Tracker, async context =>
            {
                context.Response.ContentType = "application/json";
                await context.Response.Body.WriteAsync(endless);
                await context.Response.Body.FlushAsync();
                context.Abort();
            })),
            ("another host", () => bench.Server.Redirect(Tracker, "http://elsewhere.example/")),
        };
        foreach (var (reason, set) in answers)
        {
            set();
            var e = await Assert.ThrowsAsync<FeedException>(() => runner.RunAsync(feed, now: true, default));
            Assert.Contains(reason, e.Message);
            var state = bench.Get<FeedStore>().Find("Debian");
            Assert.Equal(e.Message, state.Error);
            Assert.Equal(1, state.Problems);
            Assert.Equal(stamp, Known(bench).Stamp);
        }
    }

    [Fact]
    public async Task A_round_that_is_broken_off_leaves_nothing_behind_and_comes_again()
    {
        var (bench, feed) = await StartAsync("Debian", ("web1", Debian("openssl")));
        await using var _ = bench;
        using var stop = new CancellationTokenSource();
        bench.Server.Answer(Tracker, async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync("{\"openssl\": {"u8.ToArray());
            await context.Response.Body.FlushAsync();
            await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Get<DataFeedRunner>().RunAsync(feed, now: false, stop.Token));
        Assert.Empty(Directory.GetFiles(bench.Folder, "fetch-*"));
        bench.Server.Json(Tracker, TrackerBody);
        Assert.Equal(1, (await bench.Get<DataFeedRunner>().RunAsync(feed, now: false, default)).Fetched);
    }

    [Fact]
    public async Task Ubuntu_comes_packed_by_xz_and_hostile_names_ask_for_nothing()
    {
        InventoryDocument Ubuntu(string codename) => Debian("openssl") with { Os = new("ubuntu", "", codename, "", "") };
        var (bench, feed) = await StartAsync("Ubuntu", ("a", Ubuntu("jammy")), ("b", Ubuntu("../../x")), ("c", Ubuntu("x?y=z")));
        await using var _ = bench;
        bench.Server.Put("/oval/com.ubuntu.jammy.pkg.json.xz", "application/x-xz", Convert.FromBase64String(Jammy));
        Assert.Equal((1, 1), (await bench.Get<DataFeedRunner>().RunAsync(feed, now: false, default)) is var r ? (r.Documents, r.Rows) : default);
        var row = Assert.Single(Known(bench).Data.Find(new("ubuntu", "jammy"), "openssl")!.Rows);
        Assert.Equal(("3.0.2-0ubuntu1.18", "security", Urgency.Low), (row.Fixed, row.Pocket, row.Urgency));
    }

    [Fact]
    public async Task Alpine_has_two_documents_of_which_one_may_fail()
    {
        var alpine = Debian("openssl") with { Os = new("alpine", "3.20.3", "", "", "") };
        var (bench, feed) = await StartAsync("Alpine", ("a", alpine));
        await using var _ = bench;
        bench.Server.Json("/v3.20/main.json",
            """{"distroversion": "v3.20", "packages": [{"pkg": {"name": "openssl", "secfixes": {"3.3.2-r0": ["CVE-2024-6119"]}}}]}""");
        var report = await bench.Get<DataFeedRunner>().RunAsync(feed, now: false, default);
        Assert.Equal((2, 1, 1), (report.Documents, report.Fetched, report.Rows));
        Assert.Contains("/v3.20/community.json", Assert.Single(report.Problems));
    }

    [Fact]
    public async Task Without_settings_each_asks_its_own_source()
    {
        await using var bench = await FeedBench.StartAsync(part: null);
        Assert.All(bench.Get<IEnumerable<IDataFeed>>(), f => Assert.StartsWith("https://", f.Options.BaseUrl));
        Assert.Equal(6, bench.Get<IEnumerable<IDataFeed>>().Select(f => f.Options.BaseUrl).Distinct().Count());
        await using var wrong = await FeedBench.StartAsync(part: null, settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Feeds:Kev:BaseUrl"] = "",
        });
        await SaveAsync(wrong, "web1", Debian("openssl"));
        var feed = wrong.Get<IEnumerable<IDataFeed>>().Single(f => f.Name == "Kev");
        var e = await Assert.ThrowsAsync<FeedException>(() => wrong.Get<DataFeedRunner>().RunAsync(feed, now: true, default));
        Assert.Contains("Feeds:Kev:BaseUrl", e.Message);
    }

    [Fact]
    public async Task Exploited_and_likely_cves_are_known()
    {
        var (bench, feed) = await StartAsync("Kev", ("web1", Debian("openssl")));
        await using var _ = bench;
        bench.Server.Json(Kev, JsonSerializer.Serialize(new { vulnerabilities = new object[] { new { cveID = "CVE-2024-3094" }, new { cveID = 7 }, "x" } }));
        await bench.Get<DataFeedRunner>().RunAsync(feed, now: false, default);
        Assert.Equal([CveId.Parse("CVE-2024-3094")], Known(bench).Exploitation.Exploited);
        bench.Server.Json(Kev, "{\"vulnerabilities\": []}");
        await Assert.ThrowsAsync<FeedException>(() => bench.Get<DataFeedRunner>().RunAsync(feed, now: true, default));

        var (other, epss) = await StartAsync("Epss", ("web1", Debian("openssl")));
        await using var __ = other;
        other.Server.Put(Epss, "text/csv", Encoding.UTF8.GetBytes(
            "#model_version:v2025,score_date:2026-11-20\ncve,epss,percentile\nCVE-2024-3094,0.9,0.99\nCVE-2024-1,0.1,0.5\nCVE-2024-6387,0.5,7\n"));
        await other.Get<DataFeedRunner>().RunAsync(epss, now: false, default);
        Assert.Equal([CveId.Parse("CVE-2024-3094")], Known(other).Exploitation.Percentiles.Keys);
        Assert.Equal(0.99f, Known(other).Exploitation.Percentiles.Values.Single());
    }
}
