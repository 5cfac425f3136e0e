using System.Text.Json.Nodes;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Advisories.Matching.Readers;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories.Matching;

/// <summary>Real advisories against real data of distributions, when <c>shared/data/advisories</c> lies beside the project or above it.</summary>
public sealed class SharedOracleTests
{
    static string Folder()
    {
        if (SharedData.Folder("advisories") is { } folder)
            return folder;
        Assert.Skip("no folder shared/data/advisories above the tests: the matching of real advisories was NOT tested");
        return "";
    }

    static List<MatchAdvisory> Advisories(string folder) =>
    [
        .. new[] { "alerte", "avis", "avis-old", "avis-join" }.SelectMany(d => Directory.GetFiles(Path.Combine(folder, "certfr", d), "*.json"))
            .Select(File.ReadAllBytes)
            .Select(b => CertFrRecord.Parse(b, CertFrReference.Parse(JsonNode.Parse(b)!["reference"]!.GetValue<string>())!, DateOnly.MinValue))
            .DistinctBy(a => a.Reference).Select(MatchAdvisory.Of),
    ];

    static Matcher Matcher(string folder, params string[] trackers)
    {
        var data = new SecurityData();
        foreach (string tracker in trackers)
            Assert.True(SecurityFile.Read(Path.Combine(folder, tracker), data, Wanted.All) > 0, tracker);
        data.Seal();
        return new(Advisories(folder), data, AliasTable.Shipped);
    }

    [Fact]
    public void Every_row_of_the_oracle_holds()
    {
        string folder = Folder();
        var matcher = Matcher(folder, "debian/tracker-shaped.derived-from-DSA-DLA.json");
        var wrong = new List<string>();
        int count = 0;
        foreach (string[] row in File.ReadLines(Path.Combine(folder, "certfr/avis-join/join-cases.derived.tsv")).Skip(1).Select(l => l.Split('\t')))
        {
            var (reference, source, suite, version) = (row[0], row[5], row[6], row[8]);
            var tier = row[2] == "yes" ? Tier.Concerns : Tier.SharesCve;
            Expect(version + "~", Verdict.FixAvailable);
            Expect(version, Verdict.Fixed);

            void Expect(string installed, Verdict verdict)
            {
                count++;
                var host = Inventories.Debian(suite, Inventories.Package(source, installed, source == "linux" ? "linux-image-amd64" : source));
                var found = matcher.Match(host).SingleOrDefault(f => f.Advisory.Reference == reference);
                if (found is null || (found.Tier, found.Verdict, found.Fixed, found.Installed) != (tier, verdict, version, installed))
                    wrong.Add($"{reference} {row[3]}, {suite} {source} {installed}: {found?.Tier} {found?.Verdict} {found?.Fixed} {found?.Reason}");
            }
        }
        Assert.Empty(wrong);
        Assert.True(count >= 190, $"{count}");
    }

    /// <summary>The largest one names 2,293 CVEs of everything that is inside VMware's products.</summary>
    [Fact]
    public void An_advisory_with_thousands_of_CVEs_concerns_none_of_our_packages()
    {
        string folder = Folder();
        var matcher = Matcher(folder, "debian/tracker-shaped.derived-from-DSA-DLA.json", "debian/tracker-shaped.derived-from-OSV-2026-01.json");
        var data = new SecurityData();
        SecurityFile.Read(Path.Combine(folder, "debian/tracker-shaped.derived-from-OSV-2026-01.json"), data, Wanted.All);
        int seen = 0;
        foreach (string suite in new[] { "bullseye", "bookworm" })
            foreach (string source in data.Everything().Select(e => e.Source).Distinct())
                foreach (var found in matcher.Match(Inventories.Debian(suite, Inventories.Package(source, "0.1-1", source)))
                    .Where(f => f.Advisory.Reference == "CERTFR-2026-AVI-0326"))
                {
                    Assert.Equal(Tier.SharesCve, found.Tier);
                    seen++;
                }
        Assert.True(seen > 0);
    }

    [Fact]
    public void Every_file_of_a_distribution_is_read()
    {
        string folder = Folder();
        string[] files =
        [
            .. Directory.GetFiles(Path.Combine(folder, "debian"), "tracker*.json"),
                .. Directory.GetFiles(Path.Combine(folder, "osv"), "*.json", SearchOption.AllDirectories),
            .. Directory.GetFiles(Path.Combine(folder, "ubuntu"), "*.pkg.slice.json"), .. Directory.GetFiles(Path.Combine(folder, "alpine"), "*.json"),
            .. Directory.GetFiles(Path.Combine(folder, "rhel", "osv"), "*.json"), .. Directory.GetFiles(Path.Combine(folder, "rhel", "updateinfo"), "*.xml"),
        ];
        var data = new SecurityData();
        foreach (string file in files)
            SecurityFile.Read(file, data, Wanted.All);
        data.Seal();
        Assert.True(files.Length >= 225, $"{files.Length}");
        Assert.Superset(new HashSet<string> { "debian", "ubuntu", "alpine", "rocky", "almalinux", "rhel" },
            data.Suites.Select(s => s.Distribution).ToHashSet());
    }
}
