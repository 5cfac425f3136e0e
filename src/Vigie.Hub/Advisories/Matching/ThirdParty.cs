using System.Buffers;

namespace Vigie.Hub.Advisories.Matching;

/// <summary>
/// Tells packages that are not the distribution's own, of which its security team knows nothing. rpm names who built a package, so there it must be
/// the distribution; elsewhere what is known of foreign repositories (third-party.tsv) tells.
/// </summary>
static class ThirdParty
{
    static readonly string[][] Table = [.. TsvResource.Rows("third-party.tsv", 4)];

    static readonly SearchValues<string> InVersions = Texts("version"), InMaintainers = Texts("maintainer");

    static readonly (string Os, string Vendor)[] Vendors =
    [
        ("rhel", "Red Hat"), ("almalinux", "AlmaLinux"), ("rocky", "Rocky"), ("centos", "CentOS"), ("ol", "Oracle"), ("fedora", "Fedora"),
        ("amzn", "Amazon"), ("suse", "SUSE"), ("sles", "SUSE"), ("opensuse-leap", "SUSE"),
    ];

    /// <summary>Whose package it is; null when it is the distribution's own, as far as can be told.</summary>
    public static string? Owner(string version, string? maintainer, string os)
    {
        if (Vendors.FirstOrDefault(v => v.Os == os) is { Vendor: { } vendor })
            return string.IsNullOrEmpty(maintainer) || maintainer.Contains(vendor, StringComparison.OrdinalIgnoreCase) ? null
                : OutsideText.Line(maintainer, 60);
        if (os == "ubuntu" && maintainer?.EndsWith("@ubuntu.com>", StringComparison.Ordinal) == true)
            return null;
        if (!version.AsSpan().ContainsAny(InVersions) && !maintainer.AsSpan().ContainsAny(InMaintainers))
            return null;
        foreach (string[] row in Table)
            if (row[2] != os
                && (row[0] == "version" ? version : maintainer ?? "").Contains(row[1], StringComparison.OrdinalIgnoreCase)
                && !(os is "linuxmint" or "pop" && row[2] == "ubuntu"))
                return row[3];
        return null;
    }

    static SearchValues<string> Texts(string kind) =>
        SearchValues.Create([.. Table.Where(r => r[0] == kind).Select(r => r[1])], StringComparison.OrdinalIgnoreCase);
}
