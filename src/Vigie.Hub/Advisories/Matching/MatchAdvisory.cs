using System.Text.RegularExpressions;

namespace Vigie.Hub.Advisories.Matching;

/// <summary>What matching needs of an advisory.</summary>
/// <param name="Cves">As <see cref="CveId"/> packs them.</param>
/// <param name="Products">Makers and products that it lists.</param>
/// <param name="IsOpenAlert">An alert (ALE) that is not closed.</param>
/// <param name="SaysExploited">Whether its text speaks of attacks that go on.</param>
/// <param name="IsRemoteCode">Whether it lists the running of foreign code from afar among its risks.</param>
sealed partial record MatchAdvisory(string Reference, string Title, DateOnly First, IReadOnlyList<long> Cves,
    IReadOnlyList<(string Vendor, string Product)> Products, bool IsOpenAlert = false, bool SaysExploited = false, bool IsRemoteCode = false)
{
    public static MatchAdvisory Of(Advisory advisory) => new(advisory.Reference, advisory.Title, advisory.First,
        [.. advisory.Cves.Select(CveId.Parse).Where(c => c != 0).Distinct()],
        [.. advisory.Affected.Select(a => (a.Vendor, a.Product)).Distinct()],
        advisory.State == "open",
        Exploited().IsMatch(advisory.Summary) || Exploited().IsMatch(advisory.Content),
        advisory.Risks.Any(r => RemoteCode().IsMatch(r)));

    [GeneratedRegex(@"exploitée?s? (activement|massivement|dans le cadre)|activement exploitée?s?|exploitation active|actively exploited|"
        + @"exploited in the wild|aktiv ausgenutzt",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Exploited();

    [GeneratedRegex(@"ex[ée]cution de code arbitraire [àa] distance|remote code execution", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RemoteCode();
}
