namespace Vigie.Hub.Advisories.Matching;

/// <summary>What a distribution says of one CVE in one of its packages.</summary>
enum FixState
{
    /// <summary>Fixed by the version that is named.</summary>
    Resolved,

    /// <summary>Not fixed yet.</summary>
    Open,

    /// <summary>It will not be fixed.</summary>
    WontFix,

    /// <summary>No version ever had it.</summary>
    NotAffected,

    /// <summary>Nobody has looked into it.</summary>
    Undetermined,
}

/// <summary>How grave a distribution takes it.</summary>
enum Urgency { None, Unimportant, Low, Medium, High, Critical }

/// <summary>How far a source of rows is trusted beside another one that speaks of the same: the higher holds.</summary>
enum SourceRank { Derived, Own }

/// <param name="Cve">As <see cref="CveId"/> packs it.</param>
/// <param name="Fixed">The version that fixes it; null unless resolved.</param>
/// <param name="Reason">What the distribution adds, in its own words; null for nothing.</param>
/// <param name="Pocket">The part of the archive that holds the fix, when it is not open to all (<c>esm-infra</c>, <c>esm-apps</c>), or is told apart.</param>
readonly record struct SecurityRow(long Cve, FixState State, string? Fixed, string? Reason, Urgency Urgency, SourceRank Rank, string? Pocket = null);

/// <summary>Packs CVE-2024-12345 into a number that sorts as years and numbers do.</summary>
static class CveId
{
    const long Year = 100_000_000_000;

    /// <summary>0 for what is no CVE.</summary>
    public static long Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 13 or > 20 || !text.StartsWith("CVE-"u8) || text[8] != '-')
            return 0;
        long year = Number(text[4..8]), number = Number(text[9..]);
        return year < 0 || number < 0 ? 0 : (year * Year) + number;
    }

    public static long Parse(string text)
    {
        if (text.Length > 20)
            return 0;
        Span<byte> bytes = stackalloc byte[64];
        return Parse(bytes[..System.Text.Encoding.UTF8.GetBytes(text, bytes)]);
    }

    public static string ToText(long cve) => $"CVE-{cve / Year:0000}-{cve % Year:0000}";

    static long Number(ReadOnlySpan<byte> digits)
    {
        long number = 0;
        foreach (byte c in digits)
        {
            if (!char.IsAsciiDigit((char)c))
                return -1;
            number = (number * 10) + (c - '0');
        }
        return number;
    }
}
