using System.Text.Json;
using Vigie.Agent.Inventory;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Snapshots;

namespace Vigie.Tests.Support;

/// <summary>A hub's parts that judge hosts, with a tracker and a list of attacks that a test writes.</summary>
sealed class FindingBench : IAsyncDisposable
{
    public const string Reference = "CERTFR-2026-AVI-0700", AlertReference = "CERTFR-2026-ALE-007", Cve = "CVE-2026-1111", OtherCve = "CVE-2026-2222",
        Old = "3.0.15-1~deb12u1", Fixed = "3.0.16-1~deb12u1";

    FindingBench(FeedBench feeds) => Feeds = feeds;

    public FeedBench Feeds { get; }

    public FindingStore Store => Feeds.Get<FindingStore>();

    public static async Task<FindingBench> StartAsync(string language = "en")
    {
        var feeds = await FeedBench.StartAsync(part: null, settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Server:Language"] = language,
        }, feeds: ["Debian", "Kev", "Epss"]);
        return new(feeds);
    }

    public async Task InventoryAsync(string host, params (string Source, string Version)[] packages)
    {
        var document = SampleInventory.Document with { Packages = [.. packages.Select(p => new PackageInfo(p.Source, p.Version, [p.Source]))], Services = [] };
        Feeds.Time.Advance(TimeSpan.FromSeconds(1));
        await Feeds.Get<SnapshotStore>().SaveAsync(host, InventoryDocument.Kind, document.Write(), default);
    }

    /// <summary>Debian says of each CVE in openssl that it is fixed by this version; null for not yet.</summary>
    public Task TrackerAsync(params (string Cve, string? Fixed)[] rows) => DataAsync("Debian", "/tracker/data/json", JsonSerializer.Serialize(
        new { openssl = rows.ToDictionary(r => r.Cve, r => Row(r.Fixed)), bash = new Dictionary<string, object> { ["CVE-2014-6271"] = Row("5.0-1") } }));

    static object Row(string? fix) => new
    {
        releases = new
        {
            bookworm = fix is null ? (object)new { status = "open", urgency = "medium" } : new { status = "resolved", fixed_version = fix, urgency = "medium" },
        },
    };

    public Task ExploitedAsync(params string[] cves) => DataAsync("Kev", "/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        JsonSerializer.Serialize(new { vulnerabilities = cves.Select(c => new { cveID = c }) }));

    async Task DataAsync(string name, string path, string body)
    {
        Feeds.Server.Json(path, body);
        Feeds.Time.Advance(TimeSpan.FromSeconds(1));
        await Feeds.Get<DataFeedRunner>().RunAsync(Feeds.Get<IEnumerable<IDataFeed>>().Single(f => f.Name == name), now: true, default);
    }

    public static Advisory Openssl(string reference = Reference, params string[] cves) => new()
    {
        Feed = "CertFr",
        Reference = reference,
        Type = reference.Split('-')[2],
        Number = 700,
        Title = "Multiples vulnérabilités dans OpenSSL",
        Url = $"https://www.cert.ssi.gouv.fr/avis/{reference}/",
        First = new(2026, 11, 18),
        Last = new(2026, 11, 18),
        Detail = DetailState.Full,
        Risks = ["Déni de service"],
        Cves = cves.Length > 0 ? cves : [Cve],
        Affected = [new("OpenSSL", "OpenSSL", "OpenSSL antérieures à 3.0.16")],
    };

    public async Task SaveAsync(Advisory advisory, bool isBacklog = false)
    {
        Feeds.Time.Advance(TimeSpan.FromSeconds(1));
        await Feeds.Store.SaveAsync(advisory, [], Feeds.Time.GetUtcNow(), default, isBacklog);
    }

    public Task<int> RoundAsync() => Feeds.Get<FindingRound>().RunAsync(default);

    public IReadOnlyList<Notification> Outbox => Feeds.Outbox;

    public async Task<Message?> ComposeAsync(Notification notification) => await Feeds.Get<IEnumerable<IComposer>>()
        .Single(c => c.Kinds.Contains(NotificationKind.Advisory)).ComposeAsync(notification, default);

    public ValueTask DisposeAsync() => Feeds.DisposeAsync();
}
