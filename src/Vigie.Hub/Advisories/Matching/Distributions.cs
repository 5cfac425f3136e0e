using Vigie.Agent.Inventory;
using Vigie.Hub.Advisories.Versions;

namespace Vigie.Hub.Advisories.Matching;

/// <summary>The release that a host runs, and by whose data it is judged.</summary>
/// <param name="Os">Id of os-release.</param>
/// <param name="Suite">Whose data hold.</param>
/// <param name="Label">For people: Debian bookworm.</param>
/// <param name="Released">When it came out; advisories before that are of no interest. Null when it is not known.</param>
/// <param name="IsKnown">Whether the table of releases has it; else nothing is claimed.</param>
/// <param name="Minor">Red Hat's minor release, which may have fixes of its own.</param>
sealed record HostSystem(string Os, Suite Suite, string Label, DateOnly? Released, bool IsKnown, Suite? Minor = null)
{
    public VersionScheme Scheme => Distributions.Scheme(Suite.Distribution);
}

/// <summary>Releases of distributions (suites.tsv), and what is particular to each.</summary>
static class Distributions
{
    static readonly string[][] Table = [.. TsvResource.Rows("suites.tsv", 6)];

    static readonly string[] RedHatLike = ["rhel", "almalinux", "rocky", "centos", "ol", "fedora", "amzn", "suse", "sles", "opensuse-leap"];

    public static HostSystem Of(OsInfo os)
    {
        string id = os.Id.ToLowerInvariant(), name = os.Name.Length > 0 ? os.Name : $"{os.Id} {os.Version}{os.Codename}".Trim();
        if (id == "alpine")
            return Alpine(os, name);
        if (RedHatLike.Contains(id, StringComparer.Ordinal))
        {
            string major = os.Version.Split('.')[0];
            return new(id, new(id, major), $"{os.Id} {major}", null, major.Length > 0, os.Version.Contains('.') ? new(id, os.Version) : null);
        }
        var row = Table.FirstOrDefault(r => r[0] == id
            && (string.Equals(r[1], os.Codename, StringComparison.OrdinalIgnoreCase)
                || (os.Codename.Length == 0 && os.Version.Length > 0 && (r[2] == os.Version || r[2] == os.Version.Split('.')[0]))));
        if (row is not null)
            return new(id, new(row[3], row[4]), $"{Title(id)} {row[1]}", Month(row[5]), true);
        // A release newer than the table has its own codename as suite; anything else has no data of its own.
        bool isOwn = id is "debian" or "ubuntu" && os.Codename.Length > 0;
        return new(id, new(id, isOwn ? os.Codename.ToLowerInvariant() : os.Version), isOwn ? $"{Title(id)} {os.Codename}" : name, null, isOwn);
    }

    static HostSystem Alpine(OsInfo os, string name)
    {
        string[] parts = os.Version.Split('.');
        bool isEdge = os.Version.Contains("_alpha", StringComparison.Ordinal) || os.Version == "edge";
        return isEdge ? new("alpine", new("alpine", "edge"), "Alpine edge", null, true)
            : parts.Length >= 2 ? new("alpine", new("alpine", $"v{parts[0]}.{parts[1]}"), $"Alpine {parts[0]}.{parts[1]}", null, true)
            : new("alpine", new("alpine", os.Version), name, null, false);
    }

    public static VersionScheme Scheme(string distribution) => distribution switch
    {
        "alpine" => VersionScheme.Apk,
        _ when RedHatLike.Contains(distribution, StringComparer.Ordinal) => VersionScheme.RpmEvr,
        _ => VersionScheme.Dpkg,
    };

    public static string Title(string distribution) => distribution switch
    {
        "rhel" => "Red Hat Enterprise Linux",
        "almalinux" => "AlmaLinux",
        "" => "an unknown system",
        _ => char.ToUpperInvariant(distribution[0]) + distribution[1..],
    };

    /// <summary>Codename of a release of Debian by its number.</summary>
    public static string? DebianSuite(int number) =>
        Table.FirstOrDefault(r => r[0] == "debian" && r[2] == number.ToString())?[4];

    /// <summary>A suite of Debian and those that come after it.</summary>
    public static IEnumerable<string> DebianFrom(string suite)
    {
        var suites = Table.Where(r => r[0] == "debian").Select(r => r[4]).ToList();
        int at = suites.IndexOf(suite);
        return at < 0 ? [suite] : suites[at..];
    }

    public static string? UbuntuSuite(string version) => Table.FirstOrDefault(r => r[0] == "ubuntu" && r[2] == version)?[4];

    static DateOnly? Month(string text) => text.Length == 0 ? null : DateOnly.ParseExact(text + "-01", "yyyy-MM-dd");
}
