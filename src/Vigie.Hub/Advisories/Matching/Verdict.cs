namespace Vigie.Hub.Advisories.Matching;

/// <summary>How a host stands to an advisory by one package, the worst first: of several CVEs the worst counts.</summary>
enum Verdict
{
    /// <summary>An update fixes it.</summary>
    FixAvailable,

    /// <summary>The update is installed; the old code still runs.</summary>
    RestartNeeded,

    /// <summary>The distribution has no update yet.</summary>
    FixPending,

    /// <summary>Nothing can be said, and the reason tells why. Never to be shown as good.</summary>
    Unknown,

    /// <summary>The distribution will not fix it.</summary>
    WontFix,

    Fixed,

    NotAffected,
}

/// <summary>Whether an advisory is about a package.</summary>
enum Tier
{
    /// <summary>It is about this package, or about this distribution.</summary>
    Concerns,

    /// <summary>It is about something else that has a CVE in common: nobody is told.</summary>
    SharesCve,
}

static class VerdictNames
{
    public static string Text(this Verdict verdict) => verdict switch
    {
        Verdict.FixAvailable => "fix-available",
        Verdict.RestartNeeded => "restart-needed",
        Verdict.FixPending => "fix-pending",
        Verdict.WontFix => "wont-fix",
        Verdict.Fixed => "fixed",
        Verdict.NotAffected => "not-affected",
        _ => "unknown",
    };

    public static Verdict Parse(string text) => Enum.GetValues<Verdict>().First(v => v.Text() == text);

    public static string Text(this Tier tier) => tier == Tier.Concerns ? "concerns" : "shares-cve";

    /// <summary>Whether something is left to do or to know.</summary>
    public static bool IsOpen(this Verdict verdict) => verdict is not (Verdict.Fixed or Verdict.NotAffected);
}
