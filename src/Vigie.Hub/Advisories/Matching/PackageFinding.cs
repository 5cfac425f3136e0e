namespace Vigie.Hub.Advisories.Matching;

/// <summary>What an advisory means for one package, on every host that has it so.</summary>
/// <param name="Row">What the distribution says of the CVE that decides; without a CVE nothing is said of any.</param>
/// <param name="Fixed">The highest version that any of the advisory's CVEs asks for; null when none names one.</param>
/// <param name="Cves">How many of the advisory's CVEs the distribution knows in this package.</param>
/// <param name="Note">What has to be said beside; null for nothing.</param>
sealed record PackageFinding(MatchAdvisory Advisory, PackageProfile Package, Tier Tier, Verdict Verdict, SecurityRow Row, string? Fixed, int Cves,
    string? Note, PackageJudge Judge)
{
    /// <summary>The version that counts: of a kernel the one that runs.</summary>
    public string Installed => Package.Running ?? Package.Version;

    /// <summary>The part of the archive that speaks: Debian bookworm-security.</summary>
    string Part => Judge.Part(Fixed);

    /// <summary>A fix that only subscribers get; null when everybody does.</summary>
    public string? Subscription => Row.Pocket?.StartsWith("esm", StringComparison.Ordinal) == true ? Row.Pocket : null;

    /// <summary>Why the verdict is as it is, in one line.</summary>
    public string Reason
    {
        get
        {
            string text = Verdict switch
            {
                Verdict.FixAvailable => $"{Package.Lookup} {Installed} < {Fixed} ({Part})"
                    + (Subscription is { } pocket ? $"; the fix needs Ubuntu Pro ({pocket})" : ""),
                Verdict.RestartNeeded when Package.IsKernel => $"{Fixed} is installed, but {Installed} still runs: restart the host",
                Verdict.RestartNeeded => $"{Package.Version} is installed, but {Package.Restart}",
                Verdict.FixPending => $"{Part} has no fix yet" + Said,
                Verdict.WontFix => $"{Part} will not fix it" + Said,
                Verdict.Fixed => $"{Package.Lookup} {Installed} >= {Fixed} ({Part})",
                Verdict.NotAffected => $"{Part} was never affected",
                _ => Note ?? "nothing is known",
            };
            if (Verdict != Verdict.Unknown && Note is not null)
                text += $"; {Note}";
            if (Package is { IsKernel: true, Also.Length: > 0 } && Verdict.IsOpen())
                text += $"; also installed: {Package.Also}";
            return Row.Cve == 0 ? text : $"{CveId.ToText(Row.Cve)}{(Cves > 1 ? $" and {Cves - 1} more" : "")}: {text}";
        }
    }

    string Said => Row.Reason is { Length: > 0 } reason ? $" ({reason})" : "";
}
