using System.Text.Json;
using Vigie.Hub.Advisories.Feeds;

namespace Vigie.Hub.Advisories.Matching.Readers;

/// <summary>
/// Records in the format of OSV: <c>{id, upstream|related|aliases: [CVE], affected: [{package: {name, ecosystem}, ranges: [{events: [{fixed}]}]}]}</c>.
/// AlmaLinux, Rocky Linux and Red Hat publish their errata so; those of Debian, Ubuntu and Alpine are copies of what these publish themselves, and
/// yield to that.
/// </summary>
static class OsvReader
{
    public static int Read(byte[] body, SecurityData data, Wanted wanted)
    {
        using var json = OutsideJson.Parse(body);
        return json.RootElement.ValueKind == JsonValueKind.Array
            ? json.RootElement.EnumerateArray().Sum(record => Read(record, data, wanted))
            : Read(json.RootElement, data, wanted);
    }

    public static int Read(JsonElement record, SecurityData data, Wanted wanted)
    {
        string id = record.Text("id") ?? throw new FormatException("the record has no id");
        if (record.Text("withdrawn") is not null)
            return 0;
        var cves = new[] { "upstream", "aliases", "related" }.SelectMany(list => record.List(list))
            .Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()!).Append(id)
            .Select(Cve).Where(c => c != 0).Distinct().ToList();
        var severity = Weigh(record.Text("summary"));
        int count = 0;
        foreach (var affected in record.List("affected"))
        {
            var package = affected.Member("package");
            if (package.Text("name") is not { Length: > 0 } name || !wanted.IsSource(name) || Suite(package.Text("ecosystem")) is not { } suite
                || !wanted.IsSuite(suite.Name))
                continue;
            var rank = suite.Distribution is "debian" or "ubuntu" or "alpine" ? SourceRank.Derived : SourceRank.Own;
            var urgency = affected.Member("ecosystem_specific").Text("urgency") switch
            {
                "unimportant" => Urgency.Unimportant,
                "low" => Urgency.Low,
                "medium" => Urgency.Medium,
                "high" => Urgency.High,
                _ => severity,
            };
            string? fix = affected.List("ranges").SelectMany(r => r.List("events")).Select(e => e.Text("fixed")).LastOrDefault(f => f is not null);
            var rows = data[new(data.Text(suite.Distribution), data.Text(suite.Name)), data.Text(name)];
            foreach (long cve in cves)
            {
                rows.Add(Row(cve, fix is null ? null : data.Text(fix), urgency, rank));
                count++;
            }
        }
        return count;
    }

    /// <summary>No fix in a record says that there is none yet.</summary>
    static SecurityRow Row(long cve, string? fix, Urgency urgency, SourceRank rank) => fix switch
    {
        null when urgency == Urgency.Unimportant => new(cve, FixState.WontFix, null, "it is unimportant", urgency, rank),
        null => new(cve, FixState.Open, null, null, urgency, rank),
        "0" => new(cve, FixState.NotAffected, null, null, urgency, rank),
        _ => new(cve, FixState.Resolved, fix, null, urgency, rank),
    };

    /// <summary><c>DEBIAN-CVE-2024-1</c>, <c>UBUNTU-CVE-2024-1</c> and <c>ALPINE-CVE-2024-1</c> are about that CVE.</summary>
    static long Cve(string id)
    {
        int at = id.IndexOf("CVE-", StringComparison.Ordinal);
        return at < 0 ? 0 : CveId.Parse(id[at..]);
    }

    /// <summary>Null for what no host is judged by: other ecosystems, and releases with an extended support of their own.</summary>
    static Suite? Suite(string? ecosystem)
    {
        string[] parts = (ecosystem ?? "").Split(':');
        if (parts.Length < 2)
            return null;
        switch (parts[0])
        {
            case "Debian":
                return int.TryParse(parts[1], out int number) && Distributions.DebianSuite(number) is { } suite ? new("debian", suite) : null;
            case "Ubuntu":
                return parts[1] is not "Pro" and not "FIPS" && Distributions.UbuntuSuite(parts[1]) is { } series ? new("ubuntu", series) : null;
            case "Alpine":
                return new("alpine", parts[1]);
            case "AlmaLinux":
                return new("almalinux", parts[1]);
            case "Rocky Linux":
                return new("rocky", parts[1]);
            case "Red Hat":
                return parts.Length < 3 ? null : parts[1] switch
                {
                    "enterprise_linux" => new("rhel", parts[2].Split('.')[0]),
                    "rhel_eus" => new("rhel", parts[2]), // longer support of one minor release
                    _ => null,
                };
            default:
                return null;
        }
    }

    /// <summary>Errata begin with it: <c>Important: openssl security update</c>.</summary>
    static Urgency Weigh(string? summary) => (summary ?? "").Split(':')[0] switch
    {
        "Critical" => Urgency.Critical,
        "Important" => Urgency.High,
        "Moderate" => Urgency.Medium,
        "Low" => Urgency.Low,
        _ => Urgency.None,
    };
}
