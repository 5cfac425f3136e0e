using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vigie.Agent.Inventory;
using Vigie.Agent.Reading;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Inventory;
using Vigie.Hub.Snapshots;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories;

/// <summary>From an empty database to the mail in somebody's box, over HTTP with the real paths.</summary>
public sealed class WalkTests
{
    const string Ghostcat = "CERTFR-2020-AVI-112", Installed = "9.0.31-1~deb10u1~", Fix = "9.0.31-1~deb10u1";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task RunDataAsync(FeedBench bench)
    {
        foreach (var feed in bench.Get<IEnumerable<IDataFeed>>().Where(f => f.Name is "Debian" or "Kev"))
            await bench.Get<DataFeedRunner>().RunAsync(feed, now: true, Ct);
    }

    /// <summary>Serves every shared record at its address, and listings of all but one.</summary>
    static List<string> ServeCertFr(FeedServer server, string folder, string? left)
    {
        var served = new List<string>();
        var listings = new Dictionary<string, JsonArray>(StringComparer.Ordinal) { ["avis"] = [], ["alerte"] = [] };
        foreach (string file in new[] { "alerte", "avis", "avis-join" }.SelectMany(d => Directory.GetFiles(Path.Combine(folder, d), "*.json")))
        {
            byte[] body = File.ReadAllBytes(file);
            string reference = JsonNode.Parse(body)!["reference"]!.GetValue<string>();
            string kind = reference.Contains("-ALE-", StringComparison.Ordinal) ? "alerte" : "avis";
            if (reference == left || served.Contains(reference))
                continue;
            served.Add(reference);
            server.Put($"/{kind}/{reference}/json/", "application/json", body);
            listings[kind].Add(new JsonObject { ["reference"] = reference, ["json_url"] = $"/{kind}/{reference}/json/" });
        }
        foreach (var (kind, list) in listings)
        {
            server.Json($"/{kind}/json/", list.ToJsonString());
            server.Put($"/{kind}/feed/", "application/rss+xml", File.ReadAllBytes(Directory.GetFiles(Path.Combine(folder, "rss"), $"feed-{kind}-*.xml")
                .Order(StringComparer.Ordinal).Last()));
        }
        return served;
    }

    [Fact]
    public async Task An_attacked_package_is_found_and_its_admin_gets_one_mail()
    {
        if (SharedData.Folder("advisories") is not { } shared)
        {
            Assert.Skip("no folder shared/data/advisories above the tests: the walk over real documents was NOT made");
            return;
        }
        using var smtp = SmtpServer.Start();
        await using var bench = await FeedBench.StartAsync(part: null, settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Mail:Port"] = $"{smtp.Port}",
            ["Mail:From"] = "vigie@example.org",
            ["Mail:Security"] = "none",
            ["Feeds:CertFr:FirstFill"] = "20000",
        }, feeds: ["Debian", "Kev"]);
        var served = ServeCertFr(bench.Server, Path.Combine(shared, "certfr"), Ghostcat);
        // What is hostile among them is refused, counted, and the rest goes on.
        string[] bad = [.. served.Where(r => r.Contains("AVI", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(3)];
        bench.Server.Put($"/avis/{bad[0]}/json/", "application/json",
            Encoding.UTF8.GetBytes($"{{\"reference\":\"{bad[0]}\",\"title\":\"{new string('x', 50 << 20)}\"}}"));
        bench.Server.Json($"/avis/{bad[1]}/json/", $"{{\"reference\":\"{bad[1]}\",\"content\":{new string('[', 5000)}{new string(']', 5000)}}}");
        bench.Server.Put($"/avis/{bad[2]}/json/", "text/html", "<html>maintenance</html>"u8.ToArray());
        bench.Server.Put("/tracker/data/json", "application/json",
            File.ReadAllBytes(Path.Combine(shared, "debian", "tracker-shaped.derived-from-DSA-DLA.json")), "\"t\"", gzip: true);
        bench.Server.Put("/sites/default/files/feeds/known_exploited_vulnerabilities.json", "application/json",
            File.ReadAllBytes(Path.Combine(shared, "kev", "known_exploited_vulnerabilities.json")));

        async Task SendAsync(string host, string version) => await bench.Get<SnapshotStore>().SaveAsync(host, InventoryDocument.Kind,
            (SampleInventory.Document with
            {
                Os = new("debian", "10", "buster", "Debian GNU/Linux 10 (buster)", ""),
                Packages = [new("tomcat9", version, ["tomcat9", "libtomcat9-java"]), new("curl", "7.64.0-4+deb10u1", ["curl"])],
                Services = [],
            }).Write(), Ct);
        await SendAsync("app1", Installed);
        await SendAsync("app2", Fix);
        var report = await bench.RunAsync(Ct);
        Assert.True(report.New >= served.Count - bad.Length);
        foreach (string reference in bad)
            Assert.Contains(report.Problems, p => p.StartsWith(reference, StringComparison.Ordinal));
        Assert.All(bad, r => Assert.Equal(DetailState.Missing, bench.Store.Find(r)!.Detail));
        await RunDataAsync(bench);
        await bench.Get<FindingRound>().RunAsync(Ct);
        Assert.Empty(bench.Outbox); // the first import

        bench.Time.Advance(TimeSpan.FromDays(1));
        ServeCertFr(bench.Server, Path.Combine(shared, "certfr"), null);
        Assert.True((await bench.RunAsync(Ct)).New >= 1);
        await bench.Get<FindingRound>().RunAsync(Ct);
        var findings = bench.Get<FindingStore>().Of(Ghostcat);
        var finding = Assert.Single(findings, f => f.Host == "app1");
        Assert.Equal((Tier.Concerns, Verdict.FixAvailable, FindingLevel.Critical, Fix), (finding.Tier, finding.Verdict, finding.Level, finding.Fixed));
        Assert.DoesNotContain(findings, f => f.Host == "app2");

        for (int i = 0; i < 3; i++)
            await bench.Get<OutboxDelivery>().RunAsync(ChannelSet.Mail, Ct);
        var mail = Assert.Single(smtp.Mails());
        Assert.Equal($"[CERT-FR] Servers to update: 1. {Ghostcat}: {bench.Store.Find(Ghostcat)!.Title}", mail.Subject);
        Assert.Contains("app1  tomcat9 " + Installed + " → " + Fix, mail.TextBody);
        Assert.Contains("apt-get update && apt-get install --only-upgrade tomcat9 libtomcat9-java", mail.TextBody);
        Assert.DoesNotContain("app2", mail.TextBody);
    }

    [Fact]
    public async Task This_machines_own_packages_are_judged_as_dpkg_compares_them()
    {
        byte[]? json = File.Exists("/var/lib/dpkg/status") ? await new InventoryReader(new HostRoot("/"), TimeProvider.System).ReadAsync(Ct) : null;
        if (json is null || ReportedInventory.Parse(json) is not { Packages.Count: > 50 } inventory || !Distributions.Of(inventory.Os).IsKnown
            || inventory.Os.Id != "debian")
        {
            Assert.Skip("this is no Debian with dpkg: its own packages were NOT judged");
            return;
        }
        await using var bench = await FeedBench.StartAsync(part: null, feeds: ["Debian"]);
        await bench.Get<SnapshotStore>().SaveAsync("here", InventoryDocument.Kind, json, Ct);
        // Of every package one CVE is fixed by what is installed, one by a later version, one by nothing yet.
        var packages = inventory.Packages.Where(p => ThirdParty.Owner(p.Version, p.Maintainer, inventory.Os.Id) is null
            && !Vigie.Hub.Advisories.Matching.Kernels.IsSource(p.Source)
            && !p.Version.Contains("~bpo", StringComparison.Ordinal)).DistinctBy(p => p.Source).ToList();
        var tracker = packages.Select((p, i) => (p, i)).ToDictionary(x => x.p.Source, x => Rows(inventory.Os.Codename, x.i,
            ("1", x.p.Version), ("2", x.p.Version + ".1"), ("3", null)));
        bench.Server.Json("/tracker/data/json", JsonSerializer.Serialize(tracker));
        await bench.Get<DataFeedRunner>().RunAsync(bench.Get<IEnumerable<IDataFeed>>().Single(f => f.Name == "Debian"), now: false, Ct);
        var some = packages.Take(40).ToList();
        foreach (var (i, package) in some.Index())
            await bench.Store.SaveAsync(FindingBench.Openssl($"CERTFR-2026-AVI-{i + 1000}", [$"CVE-2026-1{i:0000}", $"CVE-2026-2{i:0000}"]) with
            {
                Title = $"Multiples vulnérabilités dans {package.Source}",
            }, [], bench.Time.GetUtcNow(), Ct);
        var clock = Stopwatch.StartNew();
        await bench.Get<FindingRound>().RunAsync(Ct);
        TestContext.Current.TestOutputHelper?.WriteLine($"{inventory.Packages.Count} sources judged and stored in {clock.ElapsedMilliseconds} ms");
        var updates = bench.Get<FindingStore>().Updates("here").ToDictionary(u => u.Package, StringComparer.Ordinal);
        Assert.Equal(packages.Select(p => p.Source).Order(StringComparer.Ordinal), updates.Keys.Order(StringComparer.Ordinal));
        foreach (var package in packages.Take(60))
        {
            Assert.Equal((package.Version + ".1", 1), (updates[package.Source].Fixed, updates[package.Source].Cves));
            using var dpkg = Process.Start("dpkg", ["--compare-versions", package.Version, "lt", updates[package.Source].Fixed]);
            await dpkg.WaitForExitAsync(Ct);
            Assert.Equal(0, dpkg.ExitCode);
        }
        var found = bench.Get<FindingStore>().OfHost("here");
        foreach (var (i, package) in some.Index())
            Assert.Contains(found, f => f.Reference == $"CERTFR-2026-AVI-{i + 1000}" && f.Package == package.Source && f.Verdict == Verdict.FixAvailable
                && f.Fixed == package.Version + ".1");
    }

    static Dictionary<string, object> Rows(string suite, int number, params (string Prefix, string? Fixed)[] rows) => rows.ToDictionary(
        r => $"CVE-2026-{r.Prefix}{number:0000}", r => (object)new
        {
            releases = new Dictionary<string, object>
            {
                [suite] = r.Fixed is null ? new { status = "open", urgency = "low" } : new { status = "resolved", fixed_version = r.Fixed, urgency = "low" },
            },
        });
}
