using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vigie.Agent.Inventory;
using Vigie.Agent.Reading;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories.Matching;

public sealed class MatchCommandTests
{
    const string Tracker = """
        {"openssl": {"CVE-2026-0001": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.17-1~deb12u2",
          "repositories": {"bookworm-security": "3.0.17-1~deb12u2"}}}}},
         "curl": {"CVE-2026-0001": {"releases": {"bookworm": {"status": "open", "repositories": {"bookworm": "7.88.1-10"}}}}}}
        """;

    const string Inventory = """
        {"os":{"id":"debian","codename":"bookworm"},"kernel":"6.1.0-25-amd64","packages":[
         {"source":"openssl","version":"3.0.16-1~deb12u1","binaries":["libssl3"]},{"source":"curl","version":"7.88.1-10","binaries":["curl"]}]}
        """;

    static async Task<TempFolder> PrepareAsync()
    {
        var folder = new TempFolder();
        Directory.CreateDirectory(folder["docs/2026/deep"]);
        await File.WriteAllTextAsync(folder["docs/2026/deep/a.json"],
            """
            {"reference": "CERTFR-2026-AVI-0001", "title": "Vulnérabilité dans OpenSSL", "cves": [{"name": "CVE-2026-0001"}],
             "revisions": [{"revision_date": "2026-03-01T00:00:00.000000"}]}
            """);
        await File.WriteAllTextAsync(folder["docs/broken.json"], "{\"reference\": ");
        await File.WriteAllTextAsync(folder["docs/other.json"], "{\"reference\": \"RHSA-1\"}");
        await File.WriteAllTextAsync(folder["tracker.json"], Tracker);
        await File.WriteAllTextAsync(folder["host.json"], Inventory);
        return folder;
    }

    [Fact]
    public async Task A_row_for_each_advisory_and_package()
    {
        using var folder = await PrepareAsync();
        var result = await Cli.RunAsync(folder.Path, "advisories", "match", "--documents", folder["docs"], "--tracker", folder["tracker.json"],
            "--inventory", folder["host.json"], "--json");
        Assert.Equal(0, result.Code);
        var rows = JsonNode.Parse(result.Output)!.AsArray();
        string[] expected =
        [
            "CERTFR-2026-AVI-0001", "openssl", "concerns", "fix-available", "3.0.16-1~deb12u1", "3.0.17-1~deb12u2",
            "CVE-2026-0001: openssl 3.0.16-1~deb12u1 < 3.0.17-1~deb12u2 (Debian bookworm-security)",
            "apt-get update && apt-get install --only-upgrade libssl3",
        ];
        string[] names = ["reference", "package", "tier", "verdict", "installed", "fixedVersion", "reason", "command"];
        Assert.Equal(names, rows[0]!.AsObject().Select(m => m.Key));
        Assert.Equal(expected, names.Select(n => rows[0]![n]!.GetValue<string>()));
        Assert.Equal(("curl", "shares-cve", "fix-pending"), (rows[1]!["package"]!.GetValue<string>(), rows[1]!["tier"]!.GetValue<string>(),
            rows[1]!["verdict"]!.GetValue<string>()));
        Assert.Contains("broken.json: it is not JSON", result.Error);
        Assert.Contains("other.json: it has no reference of CERT-FR", result.Error);
        Assert.Contains("2 documents could not be read", result.Error);
        string table = await Cli.OkAsync(folder.Path, "advisories", "match", "--documents", folder["docs"], "--tracker", folder["tracker.json"],
            "--inventory", folder["host.json"]);
        Assert.Contains("apt-get install --only-upgrade libssl3", table);
        Assert.DoesNotContain("7.88.1", table);
    }

    [Fact]
    public async Task What_can_not_be_read_is_told_with_its_name()
    {
        using var folder = await PrepareAsync();
        Task Fails(string words, string documents, string tracker, string inventory) => Cli.FailsAsync(folder.Path, words, "advisories", "match",
            "--documents", folder[documents], "--tracker", folder[tracker], "--inventory", folder[inventory]);
        await Fails("nowhere", "nowhere", "tracker.json", "host.json");
        await Fails("nothing of what --tracker names", "docs", "host.json", "host.json");
        await Fails("is no inventory", "docs", "tracker.json", "docs/broken.json");
        await File.WriteAllTextAsync(folder["html.json"], "<html><body>Sorry</body></html>", TestContext.Current.CancellationToken);
        await Fails("no updateinfo", "docs", "html.json", "host.json");
        await File.WriteAllTextAsync(folder["deep.json"], string.Concat(Enumerable.Repeat("{\"a\":", 100)), TestContext.Current.CancellationToken);
        await Fails("it is not JSON", "docs", "deep.json", "host.json");
        await File.WriteAllTextAsync(folder["long.json"], $"{{\"a\": \"{new string('x', 20 << 20)}\"}}", TestContext.Current.CancellationToken);
        await Fails("a text of more than 8 MiB", "docs", "long.json", "host.json");
        await File.WriteAllTextAsync(folder["bomb.xml"], "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><updates>&b;</updates>",
            TestContext.Current.CancellationToken);
        await Fails("it is not XML", "docs", "bomb.xml", "host.json");
    }

    /// <summary>The packages of the machine that runs the tests: each is judged by a tracker that asks for more, for just that and for less.</summary>
    [Fact]
    public async Task The_real_packages_of_this_machine_are_judged()
    {
        if (!File.Exists("/var/lib/dpkg/status"))
            Assert.Skip("no dpkg here: the real inventory was NOT matched");
        byte[]? json = await new InventoryReader(new HostRoot("/"), TimeProvider.System).ReadAsync(TestContext.Current.CancellationToken);
        var host = Vigie.Hub.Inventory.ReportedInventory.Parse(json)!;
        if (host.Os.Id != "debian")
            Assert.Skip("this is no Debian: the real inventory was NOT matched");
        var packages = host.Packages.Where(p => !p.Source.StartsWith("linux", StringComparison.Ordinal)
            && !p.Version.Contains("~bpo", StringComparison.Ordinal)
            && Vigie.Hub.Advisories.Matching.ThirdParty.Owner(p.Version, p.Maintainer, "debian") is null)
            .DistinctBy(p => p.Source).Where(p => host.Packages.Count(q => q.Source == p.Source) == 1).ToList();
        Assert.True(packages.Count > 50);
        using var folder = await PrepareAsync();
        Directory.Delete(folder["docs"], recursive: true);
        Directory.CreateDirectory(folder["docs"]);
        var cves = packages.Select((p, i) => (Package: p, Cve: $"CVE-2026-{10_000 + i}")).ToList();
        var tracker = cves.GroupBy(c => c.Package.Source).ToDictionary(g => g.Key, g => (object)g.ToDictionary(c => c.Cve, c => (object)new
        {
            releases = new Dictionary<string,
                object>
            { [host.Os.Codename] = new { status = "resolved", fixed_version = c.Package.Version + (c.Cve[^1] < '5' ? "+more" : "") } },
        }));
        await File.WriteAllBytesAsync(folder["tracker.json"], JsonSerializer.SerializeToUtf8Bytes(tracker), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(folder["host.json"], json!, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(folder["docs/all.json"], JsonSerializer.SerializeToUtf8Bytes(new
        {
            reference = "CERTFR-2026-AVI-0001",
            title = "Multiples vulnérabilités dans Debian",
            cves = cves.Select(c => new { name = c.Cve }),
        }), TestContext.Current.CancellationToken);
        var rows = JsonNode.Parse(await Cli.OkAsync(folder.Path, "advisories", "match", "--documents", folder["docs"], "--tracker", folder["tracker.json"],
            "--inventory", folder["host.json"], "--json"))!.AsArray();
        Assert.Equal(packages.Count, rows.Count);
        foreach (var (package, cve) in cves)
        {
            var row = rows.Single(r => r!["package"]!.GetValue<string>() == package.Source)!;
            string verdict = row["verdict"]!.GetValue<string>(), version = row["installed"]!.GetValue<string>();
            Assert.True(verdict == "fix-available" == (cve[^1] < '5'), $"{package.Source} {version}: {row["reason"]}");
            Assert.True(verdict is "fix-available" or "fixed" or "restart-needed", $"{package.Source} {version}: {row["reason"]}");
        }
    }
}
