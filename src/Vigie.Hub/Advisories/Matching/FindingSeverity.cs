namespace Vigie.Hub.Advisories.Matching;

/// <summary>How urgent a finding is, the least first. Persisted by its name in lower case.</summary>
enum FindingLevel { None, Low, Medium, High, Critical }

/// <summary>What is known of attacks, whoever is attacked.</summary>
/// <param name="Exploited">CVEs that CISA knows to be exploited.</param>
/// <param name="Percentiles">By CVE: the share of all CVEs that are less likely to be exploited (EPSS), 0 to 1.</param>
sealed record Exploitation(IReadOnlySet<long> Exploited, IReadOnlyDictionary<long, float> Percentiles)
{
    public static readonly Exploitation None = new(new HashSet<long>(), new Dictionary<long, float>());

    public bool IsExploited(MatchAdvisory advisory) => advisory.Cves.Any(Exploited.Contains);
}

/// <summary>Weighs a finding, for CERT-FR's advisories have no severity; and says by what.</summary>
static class FindingSeverity
{
    /// <summary>From here on EPSS lifts a finding by one step.</summary>
    public const float Likely = 0.95f;

    public static (FindingLevel Level, string Reason) Of(PackageFinding finding, Exploitation known)
    {
        var (level, reason) = Base(finding, known);
        if (level is FindingLevel.None or FindingLevel.Critical)
            return (level, reason);
        float percentile = finding.Advisory.Cves.Select(c => known.Percentiles.GetValueOrDefault(c)).DefaultIfEmpty().Max();
        return percentile >= Likely ? (level + 1, $"{reason}; more likely to be exploited than {percentile * 100:0.0} % of all CVEs (EPSS)") : (level,
            reason);
    }

    static (FindingLevel, string) Base(PackageFinding finding, Exploitation known)
    {
        var advisory = finding.Advisory;
        if (!finding.Verdict.IsOpen())
            return (FindingLevel.None, "nothing is left to do");
        if (finding.Verdict == Verdict.WontFix)
            return (FindingLevel.None, "the distribution takes it for unimportant or will not fix it");
        if (advisory.IsOpenAlert)
            return (FindingLevel.Critical, "an open alert");
        bool isExploited = known.IsExploited(advisory);
        if (isExploited && HasFix(finding))
            return (FindingLevel.Critical, "known to be exploited (CISA), and there is a fix");
        if (isExploited)
            return (FindingLevel.High, "known to be exploited (CISA)");
        if (advisory.SaysExploited)
            return (FindingLevel.High, "the advisory says that it is exploited");
        if (finding.Row.Urgency is Urgency.High or Urgency.Critical)
            return (FindingLevel.High, "the distribution takes it for grave");
        if (advisory.IsRemoteCode && HasFix(finding))
            return (FindingLevel.High, "lets others run code from afar");
        if (finding.Row.Urgency == Urgency.Unimportant)
            return (FindingLevel.None, "the distribution takes it for unimportant");
        if (finding.Row.Urgency == Urgency.Low || finding.Row.Reason is not null)
            return (FindingLevel.Low, "the distribution takes it for minor");
        return HasFix(finding) ? (FindingLevel.Medium, "there is a fix") : (FindingLevel.Low, "there is no fix yet");
    }

    static bool HasFix(PackageFinding finding) => finding.Verdict is Verdict.FixAvailable or Verdict.RestartNeeded;
}
