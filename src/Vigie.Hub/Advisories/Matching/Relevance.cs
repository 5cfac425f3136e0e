namespace Vigie.Hub.Advisories.Matching;

/// <summary>
/// Finds what an advisory is about: by its title, else, when that names a maker's products in general, by its list of products. A title that names
/// another product that begins alike (PostgreSQL Odyssey), another distribution or another system is not about our package.
/// </summary>
sealed class Relevance(AliasTable aliases)
{
    const int ShortestName = 3;

    /// <summary>Words that are names of packages, too.</summary>
    static readonly string[] Common = ["linux", "server", "web", "core", "client", "windows", "office", "agent", "base", "apps", "cloud", "mail", "time",
        "desktop", "calendar", "files", "tables", "manager", "platform", "security", "systems", "virtualization", "edge", "android", "browser"];

    public IReadOnlyList<Claim> Of(MatchAdvisory advisory)
    {
        var subject = Subject.Of(advisory.Title);
        if (subject.IsForeign)
            return [];
        List<Claim> claims = [.. subject.Parts.SelectMany(p => OfAlias(p, subject.Distribution) ?? [])];
        if (subject.Distribution is { } distribution)
            return claims.Count > 0 ? claims : subject.Parts.Count == 0 ? [new(Claim.Everything, Distribution: distribution)] : OfNames(subject);
        bool isMaker = subject.Parts.Count == 1
            && advisory.Products.Any(p => p.Product is not ("" or "N/A") && Same(p.Vendor, subject.Parts[0]) && !Same(p.Vendor, p.Product));
        if (subject.IsGeneric || subject.Parts.Count == 0 || (isMaker && claims.Count == 0))
            claims.AddRange(advisory.Products.SelectMany(p => OfProduct(p.Vendor, p.Product)));
        return claims.Count > 0 ? [.. claims.Distinct()] : OfNames(subject);
    }

    List<Claim> OfNames(Subject subject) =>
    [
        .. subject.Parts.Where(p => OfAlias(p, null) is null)
            .SelectMany(p => OfName(p.Split(' ', StringSplitOptions.RemoveEmptyEntries), subject.Distribution)),
    ];

    /// <summary>Null when the table has no such name; empty when it has, and the part is yet another product.</summary>
    IEnumerable<Claim>? OfAlias(string part, string? distribution)
    {
        string[] words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int count = Math.Min(words.Length, aliases.LongestName); count > 0; count--)
            if (aliases.Find(string.Join(' ', words[..count]).TrimEnd(':', ',', '.')) is { } alias)
                return Follows(alias, words[count..]) ? alias.Claims(Major(words[count..]), distribution) : [];
        return null;
    }

    /// <summary>Whether what follows the name leaves it the same product.</summary>
    static bool Follows(Alias alias, string[] rest)
    {
        if (rest.Length == 0)
            return true;
        string word = rest[0].TrimEnd(',', ':', ';');
        if (alias.Not.Contains(word, StringComparer.OrdinalIgnoreCase))
            return false;
        return alias.Also.Contains(word, StringComparer.Ordinal)
            ? Follows(alias, rest[1..])
            : IsVersion(word) || word.Length == 0 || !char.IsLetter(word[0]) || char.IsLower(word[0]) || word is "LTS";
    }

    static bool IsVersion(string word) => word.Length > 0
        && (char.IsAsciiDigit(word[0]) || (word.Length > 1 && word[0] is 'v' or 'V' && char.IsAsciiDigit(word[1])));

    static int? Major(string[] rest)
    {
        string digits = rest.Length == 0 ? "" : string.Concat(rest[0].TrimStart('v', 'V').TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, out int major) ? major : null;
    }

    /// <summary>Many products are called as their packages are: Wget, ClamAV, needrestart.</summary>
    static IEnumerable<Claim> OfName(string[] words, string? distribution)
    {
        int named = words.Length;
        while (named > 1 && IsVersion(words[named - 1]))
            named--;
        foreach (string name in new[] { string.Join('-', words[..named]), string.Concat(words[..named]) }.Distinct().Select(n => n.ToLowerInvariant()))
            if (name.Length >= ShortestName && !Common.Contains(name, StringComparer.Ordinal)
                && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '.'))
                yield return new(name, Distribution: distribution);
    }

    IEnumerable<Claim> OfProduct(string vendor, string product)
    {
        if (product is "" or "N/A")
            return [];
        bool isOwn = vendor is "" or "N/A" || Same(vendor, product);
        if ((aliases.Find(product) ?? aliases.Find($"{vendor} {product}")) is { } alias)
            return isOwn || alias.Vendors.Any(v => Same(v, vendor)) || alias.Names.Any(n => Same(n, vendor)) ? alias.Claims(null, null) : [];
        return isOwn ? OfName(product.Split(' ', StringSplitOptions.RemoveEmptyEntries), null) : [];
    }

    static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
