using System.Text.Json.Nodes;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories;

/// <summary>Real documents of CERT-FR, when a folder <c>shared/data/advisories</c> lies beside the project or above it.</summary>
public sealed class SharedDocumentsTests
{
    static readonly DateOnly Day = new(2026, 11, 20);

    static string Certfr()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data", "advisories", "certfr") is var found && Directory.Exists(found))
                return found;
        Assert.Skip("no folder shared/data/advisories above the tests: the real documents were NOT read");
        return "";
    }

    static Advisory Parse(string file)
    {
        byte[] body = File.ReadAllBytes(file);
        return CertFrRecord.Parse(body, CertFrReference.Parse(JsonNode.Parse(body)!["reference"]!.GetValue<string>())!, Day);
    }

    static IEnumerable<string> Records() =>
        new[] { "alerte", "avis", "avis-old", "avis-join", "revisions", "variants" }
            .SelectMany(d => Directory.GetFiles(Path.Combine(Certfr(), d), "*.json"));

    [Fact]
    public void Every_record_is_read_with_nothing_lost()
    {
        int count = 0;
        foreach (string file in Records())
        {
            var (a, raw) = (Parse(file), JsonNode.Parse(File.ReadAllBytes(file))!);
            Assert.StartsWith(a.Reference, Path.GetFileName(file));
            Assert.True(a.Title.Length > 5 && a.First <= a.Last && a.First.Year >= 2000, file);
            Assert.Equal(raw["cves"]!.AsArray().Select(c => c!["name"]!.GetValue<string>()).Distinct(), a.Cves);
            Assert.Equal((raw["affected_systems"]!.AsArray().Count, raw["revisions"]!.AsArray().Count),
                (a.Affected.Count, a.Revisions.Count));
            Assert.Equal(raw["links"]!.AsArray().Count + raw["vendor_advisories"]!.AsArray().Count, a.Links.Count);
            Assert.Equal(raw["closed_at"]?.GetValue<string>(), a.Closed?.ToString("yyyy-MM-dd"));
            count++;
        }
        Assert.True(count >= 226);
    }

    [Fact]
    public void Another_order_of_the_lists_is_the_same_advisory()
    {
        var random = new Random(7);
        foreach (string file in Records())
        {
            var raw = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
            foreach (var (name, list) in raw.Where(m => m.Value is JsonArray).ToList())
            {
                var items = list!.AsArray().Select(i => i!.DeepClone()).ToArray();
                random.Shuffle(items);
                raw[name] = new JsonArray(items);
            }
            var shuffled = CertFrRecord.Parse(System.Text.Encoding.UTF8.GetBytes(raw.ToJsonString()),
                CertFrReference.Parse(raw["reference"]!.GetValue<string>())!, Day);
            Assert.Equal(CanonicalForm.Hash(Parse(file)), CanonicalForm.Hash(shuffled));
        }
    }

    [Fact]
    public void Revision_pairs_are_told_apart()
    {
        string folder = Path.Combine(Certfr(), "revisions");
        int pairs = 0;
        foreach (string[] row in File.ReadLines(Path.Combine(folder, "pairs.tsv")).Skip(1).Select(l => l.Split('\t')))
        {
            var before = Parse(Path.Combine(folder, $"{row[0]}.{row[1]}.json"));
            var after = Parse(Path.Combine(folder, $"{row[0]}.{row[2]}.json"));
            bool isSame = row[3] is "order-only" or "time-only";
            Assert.True(isSame == CanonicalForm.Hash(before).AsSpan().SequenceEqual(CanonicalForm.Hash(after)), $"{row[0]} {row[3]}");
            var kinds = CanonicalForm.Differences(before, after);
            Assert.Equal(isSame, kinds.Count == 0);
            Assert.Equal(row[3] == "new-revision", kinds.Contains(ChangeKind.Revision));
            Assert.Equal(row[4].Contains("closed_at", StringComparison.Ordinal), kinds.Contains(ChangeKind.Closed));
            Assert.Equal(row[4].Contains("cves", StringComparison.Ordinal), kinds.Contains(ChangeKind.CvesAdded)
                || kinds.Contains(ChangeKind.CvesRemoved));
            pairs++;
        }
        Assert.True(pairs >= 34);
    }

    [Fact]
    public void Feeds_have_forty_items_with_types_from_their_links()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Certfr(), "rss"), "*.xml"))
        {
            var (items, skipped) = CertFrRss.Parse(File.ReadAllBytes(file));
            Assert.Equal((40, 0), (items.Count, skipped));
            Assert.All(items, i =>
                Assert.True(i.Day is not null
                    && i.Title.Length > 5
                    && !(i.Title.EndsWith(')') && char.IsAsciiDigit(i.Title[^2])), i.Title));
            Assert.Equal(file.Contains("alerte", StringComparison.Ordinal) ? "40 ALE" : "2 ACT, 38 AVI",
                string.Join(", ", items.GroupBy(i => i.Reference.Type).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key}")));
        }
    }

    [Fact]
    public async Task From_an_empty_database_to_the_mail_over_http()
    {
        string folder = Certfr();
        await using var bench = await FeedBench.StartAsync(part: null);
        void Serve(string path, string type, string file) => bench.Server.Put(path, type, File.ReadAllBytes(Path.Combine(folder, file)));
        foreach (var (kind, part) in new[] { ("alerte", "alerte"), ("avis", "avis"), ("avis", "avis-join") })
            foreach (string file in Directory.GetFiles(Path.Combine(folder, part), "*.json"))
                Serve($"/{kind}/{Path.GetFileNameWithoutExtension(file)}/json/", "application/json", file);
        foreach (string kind in new[] { "alerte", "avis" })
        {
            Serve($"/{kind}/feed/", "application/rss+xml", $"rss/feed-{kind}-2026-08-20.xml");
            Serve($"/{kind}/json/", "application/json", $"listing-{kind}.derived.json");
        }
        string held = "/alerte/CERTFR-2025-ALE-001/json/";
        var first = await bench.RunAsync();
        Assert.True(first.New > 240, $"{first.New}");
        Assert.Empty(bench.Outbox);
        Assert.Equal("closed", bench.Store.Find("CERTFR-2025-ALE-001")!.State);
        // A new alert: the real record under a reference of the day.
        string json = File.ReadAllText(Path.Combine(folder, "alerte/CERTFR-2025-ALE-001.json"))
            .Replace("CERTFR-2025-ALE-001", "CERTFR-2026-ALE-999", StringComparison.Ordinal);
        bench.Server.Json(held.Replace("2025-ALE-001", "2026-ALE-999", StringComparison.Ordinal), json);
        string rss = File.ReadAllText(Path.Combine(folder, "rss/feed-alerte-2026-08-20.xml"));
        bench.Server.Put("/alerte/feed/", "application/rss+xml", System.Text.Encoding.UTF8.GetBytes(rss.Replace("</channel>",
            "<item><title>Nouvelle alerte</title><link>https://www.cert.ssi.gouv.fr/alerte/CERTFR-2026-ALE-999/</link></item></channel>",
            StringComparison.Ordinal)));
        await bench.RunAsync();
        await bench.RunAsync();
        Assert.Equal("CERTFR-2026-ALE-999", Assert.Single(bench.Outbox).Reference);
        Assert.Equal(bench.Store.Find("CERTFR-2025-ALE-001")!.Title, bench.Store.Find("CERTFR-2026-ALE-999")!.Title);
    }
}
