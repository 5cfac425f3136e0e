using System.Text.RegularExpressions;

namespace Vigie.Hub.Advisories.Feeds;

/// <summary>CERTFR-2026-AVI-0123: year, type and number; ordered by year, then number.</summary>
sealed partial record CertFrReference(string Text, int Year, string Type, int Number)
{
    const int LongestLink = 500;
    const string Site = "https://www.cert.ssi.gouv.fr";

    static readonly Dictionary<string, string> Paths = new(StringComparer.Ordinal)
    {
        ["AVI"] = "avis",
        ["ALE"] = "alerte",
        ["ACT"] = "actualite",
        ["CTI"] = "cti",
        ["IOC"] = "ioc",
        ["DUR"] = "dur",
        ["RFX"] = "fiche",
    };

    public bool IsAlert => Type == Advisory.Alert;

    /// <summary>Only advisories and alerts are published as JSON.</summary>
    public string? DetailPath => Type is "AVI" or Advisory.Alert ? $"/{Paths[Type]}/{Text}/json/" : null;

    /// <summary>The page for people: at the CERT itself, which a mirror of the data need not copy.</summary>
    public string Url => Paths.TryGetValue(Type, out string? path) ? $"{Site}/{path}/{Text}/" : Site;

    /// <summary>Orders references of one type in time.</summary>
    public long Rank => (Year * 1_000_000L) + Number;

    /// <summary>Null for what is no reference.</summary>
    public static CertFrReference? Parse(string? text) =>
        Whole().Match(text?.Trim().ToUpperInvariant() ?? "") is { Success: true } match ? Of(match) : null;

    /// <summary>The reference at the end of a publication's address, whose path tells the type. Null for any other address.</summary>
    public static CertFrReference? FromLink(string? link)
    {
        if (link is null or { Length: > LongestLink }
            || InLink().Match(link.Trim()) is not { Success: true } match
            || Parse(match.Groups["reference"].Value) is not { } reference)
            return null;
        return Paths.TryGetValue(reference.Type, out string? path) && path != match.Groups["path"].Value ? null : reference;
    }

    static CertFrReference Of(Match match) =>
        new(match.Value, int.Parse(match.Groups["year"].Value), match.Groups["type"].Value, int.Parse(match.Groups["number"].Value));

    [GeneratedRegex(@"^(CERTA|CERTFR)-(?<year>[0-9]{4})-(?<type>AVI|ALE|ACT|CTI|IOC|DUR|REC|RFX|INF)-(?<number>[0-9]{3,5})\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[^?#]*/(?<path>[a-z]+)/(?<reference>CERT[A-Za-z]*-[0-9A-Za-z-]{1,20})/?$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex InLink();
}
