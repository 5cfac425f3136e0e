using Vigie.Hub.Advisories.Matching;

namespace Vigie.Hub.Advisories.Findings;

/// <summary>What an advisory means for one package of one host, as it is kept. Texts come from outside and are cleaned, yet not encoded.</summary>
/// <param name="Reference">Of the advisory.</param>
/// <param name="Package">Name of the source package.</param>
/// <param name="Fixed">The version that fixes all of it; null when there is none.</param>
/// <param name="Command">What to type; null when nothing can be done by a command.</param>
/// <param name="IsExploited">Whether one of the advisory's CVEs is known to be exploited.</param>
/// <param name="IsUrgent">An open alert, or known to be exploited; a fix is to be had; and the advisory is about this package.</param>
sealed record Finding(string Host, string Reference, string Package, Tier Tier, Verdict Verdict, FindingLevel Level, string LevelReason,
    string Installed, string? Fixed, string Reason, string? Command, bool IsExploited, bool IsUrgent)
{
    /// <summary>Since when the verdict is this one.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When it was first found.</summary>
    public DateTimeOffset First { get; init; }

    /// <summary>When nothing was left to do; null while something is.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Whether somebody has accepted the risk for now.</summary>
    public bool IsAccepted { get; init; }

    /// <summary>The number of the message that told of it; 0 for none.</summary>
    public int Mail { get; init; }
}

/// <summary>A package that has a security update, whether an advisory is about it or not.</summary>
/// <param name="Cves">How many CVEs the update fixes.</param>
sealed record PendingUpdate(string Package, string Installed, string Fixed, int Cves, string Worst);

/// <summary>How an advisory stands in the fleet.</summary>
/// <param name="Hosts">Servers on which something is to be done and nobody has accepted the risk.</param>
/// <param name="Unknown">Servers of which nothing can be said.</param>
sealed record Concern(string Reference, int Hosts, int Unknown, FindingLevel Level, Verdict Worst, bool IsExploited);

static class FindingText
{
    /// <summary>What the verdict asks for, as an English text.</summary>
    public static string State(Verdict verdict) => verdict switch
    {
        Verdict.FixAvailable => "fix available",
        Verdict.RestartNeeded => "restart needed",
        Verdict.FixPending => "no fix yet",
        Verdict.WontFix => "will not be fixed",
        Verdict.Fixed => "fixed",
        Verdict.NotAffected => "not affected",
        _ => "not known",
    };

    /// <summary>Class of the pill: what is not known is never green.</summary>
    public static string StateClass(Verdict verdict) => verdict switch
    {
        Verdict.FixAvailable => "critical",
        Verdict.RestartNeeded or Verdict.FixPending or Verdict.Unknown => "warning",
        Verdict.Fixed or Verdict.NotAffected => "ok",
        _ => "closed",
    };

    public static string Text(this FindingLevel level) => level.ToString().ToLowerInvariant();

    public static string LevelClass(FindingLevel level) => level switch
    {
        FindingLevel.Critical => "critical",
        FindingLevel.High or FindingLevel.Medium => "warning",
        _ => "closed",
    };
}
