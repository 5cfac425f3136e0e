using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Bundles;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Advisories.Matching;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories.Bundles;

public sealed class BundleTests
{
    static readonly (string Private, string Public) Key = BundleKey.Create();

    const string Tracker = "/tracker/data/json", Kev = "/sites/default/files/feeds/known_exploited_vulnerabilities.json";

    /// <summary>A bundle of the shipped case, Debian's data and CISA's list, made by a hub that has no hosts.</summary>
    static async Task<byte[]> MakeAsync(TimeSpan later = default)
    {
        await using var made = await FeedBench.StartAsync(feeds: ["Debian", "Kev", "Epss"]);
        made.Time.Advance(later);
        await made.RunAsync();
        made.Server.Json(Tracker,
            """{"openssl": {"CVE-2026-70001": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.16-1", "urgency": "high"}}}}}""");
        made.Server.Json(Kev, """{"vulnerabilities": [{"cveID": "CVE-2026-70001"}]}""");
        string path = Path.Combine(made.Folder, "one.bundle");
        var report = await made.Get<BundleWriter>().WriteAsync(path, Key.Private, [new Suite("debian", "bookworm")], default);
        Assert.Equal(2, report.Documents);
        Assert.True(report.Advisories > 3);
        Assert.Contains("EPSS", Assert.Single(report.Problems));
        Assert.False(File.Exists(path + ".part"));
        return await File.ReadAllBytesAsync(path);
    }

    static Task<FeedBench> IsolatedAsync() => FeedBench.StartAsync(part: null);

    static async Task<ImportReport> TakeAsync(FeedBench bench, byte[] bundle, bool force = false, string? key = null) =>
        await bench.Get<BundleImport>().RunAsync(new MemoryStream(bundle), key ?? Key.Public, force, default);

    [Fact]
    public async Task A_hub_without_internet_judges_by_a_bundle_and_knows_its_age()
    {
        byte[] bundle = await MakeAsync();
        await using var bench = await IsolatedAsync();
        await bench.Get<Vigie.Hub.Snapshots.SnapshotStore>().SaveAsync("web1", "inventory",
            (SampleInventory.Document with { Packages = [new("openssl", "3.0.15-1", ["openssl"])], Services = [] }).Write(), default);
        bench.Time.Advance(TimeSpan.FromDays(9));
        var report = await TakeAsync(bench, bundle);
        Assert.Equal((true, 2), (report.New > 3, report.Documents));
        Assert.Empty(bench.Outbox);
        await bench.Get<FindingRound>().RunAsync(default);
        Assert.Equal(new PendingUpdate("openssl", "3.0.15-1", "3.0.16-1", 1, "high"), Assert.Single(bench.Get<FindingStore>().Updates("web1")));
        var ages = bench.Get<FeedAges>();
        foreach (string name in new[] { "CertFr", "Debian", "Kev" })
            Assert.InRange(ages.Age(ages.All().Single(f => f.Name == name)).TotalDays, 8.9, 9.1);
        Assert.Contains(report.Problems, p => p.Contains("EPSS", StringComparison.Ordinal));
        var again = await TakeAsync(bench, bundle);
        Assert.Equal((0, 0, 0), (again.New, again.Changed, again.Documents));
    }

    [Fact]
    public async Task An_older_one_is_refused_unless_forced_and_so_is_one_of_the_future()
    {
        byte[] bundle = await MakeAsync(), newer = await MakeAsync(TimeSpan.FromDays(3));
        await using var bench = await IsolatedAsync();
        Assert.Contains("still to come", (await Assert.ThrowsAsync<BundleException>(() => TakeAsync(bench, newer))).Message);
        bench.Time.Advance(TimeSpan.FromDays(4));
        await TakeAsync(bench, newer);
        Assert.Contains("before the last one", (await Assert.ThrowsAsync<BundleException>(() => TakeAsync(bench, bundle))).Message);
        await TakeAsync(bench, bundle, force: true);
    }

    [Fact]
    public async Task What_is_not_signed_or_not_what_was_signed_is_refused_and_nothing_is_taken()
    {
        byte[] bundle = await MakeAsync();
        await using var bench = await IsolatedAsync();
        var bad = new (string Reason, byte[] Bytes)[]
        {
            ("no zip", Encoding.UTF8.GetBytes("<html>")),
            ("no zip", bundle[..(bundle.Length / 2)]),
            ("no manifest.json", Edit(bundle, z => z.GetEntry("manifest.json")!.Delete())),
            ("signature", Edit(bundle, z => Change(z, "manifest.json", m => m.Insert(1, " ")))),
            ("signature", Edit(bundle, z => Change(z, "manifest.sig", m => m[..^1]))),
            ("not what its manifest says", Edit(bundle, z => Change(z, z.Entries.First(e => e.FullName.StartsWith("data/")).FullName, m => m.Insert(1, " ")))),
            ("knows nothing", Edit(bundle, z => z.CreateEntry("../../etc/cron.d/x"))),
            ("does not hold", Edit(bundle, z => z.Entries.First(e => e.FullName.StartsWith("advisories/")).Delete())),
        };
        foreach (var (reason, bytes) in bad)
            Assert.Contains(reason, (await Assert.ThrowsAsync<BundleException>(() => TakeAsync(bench, bytes))).Message);
        Assert.Contains("signature", (await Assert.ThrowsAsync<BundleException>(() => TakeAsync(bench, bundle, key: BundleKey.Create().Public))).Message);
        Assert.Contains("key", (await Assert.ThrowsAsync<BundleException>(() => TakeAsync(bench, bundle, key: "none"))).Message);
        Assert.Empty(bench.All());
        Assert.Empty(bench.Get<DataStore>().Of("Kev"));
    }

    [Theory]
    [InlineData("../evil", 5, "name")]
    [InlineData("data/../../evil", 5, "name")]
    [InlineData("/etc/passwd", 5, "name")]
    [InlineData("data/huge.bin", 1L << 40, "more than")]
    [InlineData("data/negative.bin", -1, "larger")]
    [InlineData("data/large.bin", 500L << 20, "larger")]
    public async Task Even_a_signed_one_cant_name_other_places_or_be_oversize(string name, long bytes, string reason)
    {
        byte[] bundle = Edit(await MakeAsync(), z =>
        {
            var manifest = JsonNode.Parse(Text(z, "manifest.json"))!;
            manifest["files"]!.AsArray().Add(new JsonObject
            {
                ["name"] = name,
                ["feed"] = "Debian",
                ["path"] = "/x",
                ["fetched"] = "2026-11-20T00:00:00Z",
                ["bytes"] = bytes,
                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData("hello"u8)),
            });
            string json = manifest.ToJsonString();
            Put(z, "manifest.json", Encoding.UTF8.GetBytes(json));
            Put(z, "manifest.sig", BundleKey.Sign(Key.Private, Encoding.UTF8.GetBytes(json)));
            Put(z, name, "hello"u8.ToArray());
        });
        await using var bench = await IsolatedAsync();
        Assert.Contains(reason, (await Assert.ThrowsAsync<BundleException>(() => TakeAsync(bench, bundle))).Message);
        Assert.Empty(bench.All());
    }

    static byte[] Edit(byte[] bundle, Action<ZipArchive> edit)
    {
        var stream = new MemoryStream();
        stream.Write(bundle);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
            edit(zip);
        return stream.ToArray();
    }

    static string Text(ZipArchive zip, string name)
    {
        using var reader = new StreamReader(zip.GetEntry(name)!.Open(), Encoding.Latin1);
        return reader.ReadToEnd();
    }

    static void Change(ZipArchive zip, string name, Func<string, string> change) => Put(zip, name, Encoding.Latin1.GetBytes(change(Text(zip, name))));

    static void Put(ZipArchive zip, string name, byte[] bytes)
    {
        zip.GetEntry(name)?.Delete();
        using var to = zip.CreateEntry(name).Open();
        to.Write(bytes);
    }
}
