using System.Text.RegularExpressions;

namespace Vigie.Hub.Advisories.Matching;

/// <summary>
/// What a title says its advisory is about. "Multiples vulnérabilités dans le noyau Linux de Debian LTS" is about the part "noyau Linux" of the
/// distribution debian.
/// </summary>
/// <param name="Parts">Products, without articles: "Mozilla Firefox et Thunderbird" are two.</param>
/// <param name="Distribution">Id of the one distribution that is named; null for none.</param>
/// <param name="IsForeign">It is about a system that no package manager of ours serves: Windows, iOS, Android.</param>
/// <param name="IsGeneric">It names a maker's products in general, so its list of products tells.</param>
sealed partial record Subject(IReadOnlyList<string> Parts, string? Distribution, bool IsForeign, bool IsGeneric)
{
    public static Subject Of(string title)
    {
        string text = Blank().Replace(title.Replace('’', '\''), " ").Trim();
        text = Prefix().Replace(text, "");
        text = Date().Replace(text, "");
        string rest = Lead().Match(text) is { Success: true } lead ? text[(lead.Index + lead.Length)..]
            : German().Match(text) is { Success: true } german ? german.Groups["product"].Value
            : text;
        rest = Article().Replace(rest, "").Trim();
        bool foreign = Foreign().IsMatch(rest);
        string? distribution = null;
        if (NamedDistribution().Match(rest) is { Success: true } named)
        {
            distribution = Id(named.Groups["name"].Value);
            rest = rest[..named.Index].Trim();
        }
        bool generic = Generic().Match(rest) is { Success: true } general && general.Index == 0;
        if (generic)
            rest = Generic().Replace(rest, "");
        string[] parts = [.. And().Split(rest).Select(p => Article().Replace(p.Trim(), "").Trim()).Where(p => p.Length > 0)];
        return new(parts, distribution, foreign, generic);
    }

    static string Id(string name)
    {
        string folded = name.ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);
        return folded.StartsWith("debian", StringComparison.Ordinal) ? "debian"
            : folded.StartsWith("redhat", StringComparison.Ordinal) || folded == "rhel" ? "rhel"
            : folded.StartsWith("ubuntu", StringComparison.Ordinal) ? "ubuntu"
            : folded.StartsWith("alma", StringComparison.Ordinal) ? "almalinux"
            : folded.StartsWith("rocky", StringComparison.Ordinal) ? "rocky"
            : folded.StartsWith("oracle", StringComparison.Ordinal) ? "ol"
            : folded.StartsWith("alpine", StringComparison.Ordinal) ? "alpine"
            : folded.Contains("suse", StringComparison.Ordinal) ? "sles"
            : folded;
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blank();

    [GeneratedRegex(@"^(\s*\[[^\]]{1,30}\]\s*)+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\s*\([0-9]{1,2}(er)? \p{L}+ [0-9]{4}\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Date();

    /// <summary>All before the product: a noun for what is wrong, and the first preposition behind it.</summary>
    [GeneratedRegex(@"^.{0,120}?\b(vuln[ée]rabilit\p{L}*|faille\p{L}*|d[ée]ni\p{L}*|d[ée]bordement\p{L}*|exploitation|vulnerabilit\p{L}*|"
        + @"vulnerable|flaw\p{L}*|contournement|injection|corruption|correctif\p{L}*)\b[^:]{0,80}?\b(dans|affectant|touchant|"
        + @"impactant|in|affecting|sur|of|de|du|des|d')\s*\b",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Lead();

    [GeneratedRegex(@"^(?<product>[^:]{2,80}): (Mehrere |Schwachstelle)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex German();

    [GeneratedRegex(@"^((la|le|les|the|du|des|de|SCADA) |(l'|d'))+",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Article();

    [GeneratedRegex(@"^(produits?|logiciels?|solutions?|composants?|multiple products|products?)\b( (de|du|d'))?\s*",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Generic();

    [GeneratedRegex(@"\b(pour|sur|for|on) (Microsoft )?(Windows|macOS|Mac OS|Mac|iOS|iPadOS|Android|AIX|Solaris|z/OS)\b",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Foreign();

    [GeneratedRegex(@"(^|\b(de la|de|du|des|sur|pour|dans|chez|for|on|in)\s+|\bd'|(?<=linux )|^(produits|paquets) )(?<name>Debian ?LTS|Debian|"
        + @"Ubuntu|openSUSE|SUSE|Red ?Hat|RHEL|AlmaLinux|Rocky Linux|Oracle Linux|Alpine Linux|Fedora|Gentoo|CentOS|Amazon Linux|"
        + @"Microsoft Azure Linux|Azure Linux|Mandriva|Slackware|Android|Xen ?Server)\b.*$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NamedDistribution();

    [GeneratedRegex(@",\s+(?:et |and )?|\s+(?:et|and|ou|or)\s+(?:de |du |des |d'|le |la |les )?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex And();
}
