using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vigie.Agent.Inventory;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Advisories.Matching.Readers;
using Vigie.Hub.Inventory;

namespace Vigie.Benchmarks.Advisories;

/// <summary>
/// Matches a made-up fleet with the titles and CVEs of all advisories of CERT-FR, and reads a made-up tracker as large as Debian's. The tracker's CVEs
/// are each twentieth one of the advisories', which gives a host some four thousand findings, as ten years of CERT-FR give a plain server; and each
/// second one, which is ten times as dense as real data.
/// </summary>
static class MatchingBench
{
    const int Hosts = 500, Packages = 800, Sources = 1500, TrackerBytes = 80_000_000;

    public static void Run(string index, TextWriter output)
    {
        var advisories = ReadIndex(index);
        string tracker = Path.Combine(Path.GetTempPath(), $"vigie-tracker-{Environment.ProcessId}.json");
        try
        {
            output.WriteLine("| what | measured | allowed |");
            output.WriteLine("|---|---|---|");
            long[] cves = [.. advisories.SelectMany(a => a.Cves).Distinct()];
            foreach (int every in new[] { 20, 2 })
            {
                var (rows, size) = WriteTracker(tracker, cves, every);
                if (every == 20)
                    ReadTracker(tracker, rows, size, output);
                var data = new SecurityData();
                SecurityFile.Read(tracker, data, Wanted.All);
                data.Seal();
                foreach (int versions in every == 2 ? new[] { 4 } : [4, 20, Hosts])
                    Match(advisories, data, versions, output);
            }
        }
        finally
        {
            File.Delete(tracker);
        }
    }

    static List<MatchAdvisory> ReadIndex(string index)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(index), CompressionMode.Decompress));
        var advisories = new List<MatchAdvisory>();
        while (lines.ReadLine() is { } line)
        {
            var a = JsonNode.Parse(line)!;
            advisories.Add(new(a["reference"]!.GetValue<string>(), a["title"]!.GetValue<string>(),
                DateOnly.ParseExact(a["first"]!.GetValue<string>(), "yyyy-MM-dd"),
                [.. a["cves"]!.AsArray().Select(c => CveId.Parse(c!.GetValue<string>())).Where(c => c != 0).Distinct()], []));
        }
        return advisories;
    }

    static string Source(int i) => i switch { 0 => "openssl", 1 => "curl", 2 => "php8.2", 3 => "postgresql-15", 4 => "apache2", _ => $"source-{i}" };

    static (int Rows, long Size) WriteTracker(string path, long[] cves, int every)
    {
        string[] suites = ["bullseye", "bookworm", "trixie", "sid"];
        var random = new Random(7);
        int rows = 0;
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        for (int i = 0; i < Sources || file.Length < TrackerBytes; i++)
        {
            json.WriteStartObject(i < Sources ? Source(i) : $"other-{i}");
            foreach (long cve in Enumerable.Range(0, 40).Select(n => n % every == 0
                ? cves[random.Next(cves.Length)] : CveId.Parse($"CVE-2001-{random.Next(10_000, 99_999)}")).Distinct())
            {
                json.WriteStartObject(CveId.ToText(cve));
                json.WriteString("description", new string('x', 120));
                json.WriteStartObject("releases");
                foreach (string suite in suites)
                {
                    json.WriteStartObject(suite);
                    json.WriteString("status", "resolved");
                    json.WriteString("fixed_version", $"{random.Next(1, 9)}.{random.Next(1, 99)}.{random.Next(1, 99)}-1+deb12u{random.Next(1, 9)}");
                    json.WriteString("urgency", "not yet assigned");
                    json.WriteStartObject("repositories");
                    json.WriteString(suite, "9.99.99-1");
                    json.WriteEndObject();
                    json.WriteEndObject();
                    rows += i < Sources ? 1 : 0;
                }
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.Flush();
        }
        json.WriteEndObject();
        json.Flush();
        return (rows, file.Length);
    }

    static void ReadTracker(string path, int rows, long size, TextWriter output)
    {
        var fleet = Enumerable.Range(0, Packages).Select(Source).ToHashSet(StringComparer.Ordinal);
        long peak = Peak(), allocated = GC.GetTotalAllocatedBytes(true);
        var clock = Stopwatch.StartNew();
        var data = new SecurityData();
        int read = SecurityFile.Read(path, data, new(fleet, new HashSet<string>(StringComparer.Ordinal) { "bookworm", "trixie" }));
        data.Seal();
        clock.Stop();
        output.WriteLine($"| {size / 1e6:0} MB of tracker read, {read} of its rows kept "
            + $"for {Packages} packages of two suites | {clock.ElapsedMilliseconds} ms | |");
        output.WriteLine($"| … peak of the process grown by | {(Peak() - peak) / 1e6:0} MB | 100 MB |");
        output.WriteLine($"| … allocated | {(GC.GetTotalAllocatedBytes(true) - allocated) / 1e6:0} MB | |");
        GC.KeepAlive(data);
        if (read == 0 || rows == 0)
            throw new InvalidOperationException("nothing was read");
    }

    /// <summary>Bytes that the process has had in memory at most: VmHWM, which stands in kB.</summary>
    static long Peak() => long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal))
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;

    static void Match(List<MatchAdvisory> advisories, SecurityData data, int versions, TextWriter output)
    {
        var fleet = Enumerable.Range(0, Hosts).Select(h => Host(h, versions)).ToList();
        string name = versions == Hosts ? "no two hosts with the same version" : $"{versions} versions of each package in the fleet";
        new Matcher(advisories.Take(100), data, AliasTable.Shipped).Match(fleet[0]).Count(); // compiled
        var clock = Stopwatch.StartNew();
        var matcher = new Matcher(advisories, data, AliasTable.Shipped);
        long indexed = clock.ElapsedMilliseconds;
        long findings = 0;
        foreach (var host in fleet)
            findings += matcher.MatchPackages(host).Sum(p => p.Count);
        output.WriteLine($"| {advisories.Count} advisories × {Hosts} hosts × {Packages} packages, {name}: {findings / Hosts} findings a host | "
            + $"{clock.ElapsedMilliseconds} ms (index {indexed} ms) | 2000 ms |");
        var last = advisories.FindLast(a => a.Title.EndsWith("OpenSSL", StringComparison.Ordinal))!;
        var changed = last with { Cves = [.. last.Cves, advisories[^1].Cves[0]] };
        int touched = 0, ofHost = 0;
        double put = Median((int i) => touched = matcher.Put(changed with { Title = changed.Title + " " + i }).Select(matcher.Of).Count());
        output.WriteLine($"| … one advisory changed, {touched} packages judged anew | {put:0.0} ms | 10 ms |");
        double match = Median(i =>
        {
            var one = Host(1003 + i, 1_000_000);
            var watch = Stopwatch.StartNew();
            ofHost = matcher.MatchPackages(one).Sum(p => p.Count);
            return watch.Elapsed.TotalMilliseconds;
        });
        output.WriteLine($"| … one host with versions that no other has: {ofHost} findings | {match:0.0} ms | 10 ms |");
    }

    static double Median(Func<int, int> work) => Median(i =>
    {
        var watch = Stopwatch.StartNew();
        work(i);
        return watch.Elapsed.TotalMilliseconds;
    });

    static double Median(Func<int, double> measure) => Enumerable.Range(0, 9).Select(measure).Order().ElementAt(4);

    static InventoryDocument Host(int host, int versions) => ReportedInventory.Parse(JsonSerializer.SerializeToUtf8Bytes(new
    {
        os = new { id = "debian", codename = host % 3 == 0 ? "trixie" : "bookworm" },
        packages = Enumerable.Range(0, Packages).Select(i => new
        {
            source = Source((i + (host % 5 * 100)) % Sources),
            version = $"{1 + (i % 8)}.{host % versions % 97}.{host % versions}-1+deb12u1",
            binaries = new[] { $"binary-{i}" },
        }),
    }))!;
}
