using System.Text.RegularExpressions;
using Vigie.Hub.Advisories.Versions;

namespace Vigie.Hub.Advisories.Matching;

/// <summary>
/// Judges one package by what its distribution says. Which suite's rows hold, and whether anything can be said at all, is decided once for the
/// package; then row by row.
/// </summary>
sealed partial class PackageJudge
{
    readonly VersionScheme _scheme;
    readonly string _version;
    readonly string? _doubt, _note;
    readonly bool _isBackport;
    readonly PackageProfile _package;

    public PackageJudge(PackageProfile package, SecurityData data)
    {
        (_package, _scheme) = (package, package.System.Scheme);
        (_version, Suite) = (package.Running ?? package.Version, package.System.Suite);
        Rows = Find(data, Suite, package);
        if (package.Owner is { } owner)
            _doubt = $"it is not {Distributions.Title(package.System.Os)}'s package but that of {owner}, of which its security team knows nothing";
        else if (!package.System.IsKnown || !(data.Has(Suite) || (package.System.Minor is { } minor && data.Has(minor))))
            _doubt = $"there are no data for {package.System.Label}: it is too old, too new, or not known";
        else if (package.ForeignKernel is { } kernel)
            _note = $"the kernel that runs, {kernel}, belongs to no installed package";
        else if (_version.Contains("~bpo", StringComparison.Ordinal) && Backport().Match(_version) is { Success: true } backport)
            (_isBackport, Suite, Rows, _version, _doubt) = OfBackport(backport, data);
        else if (IsNewerThanArchive())
            (Suite, Rows, _doubt) = Elsewhere(data);
        // Of what can't be judged, the CVEs are found in whatever suite has the package.
        if (_doubt is not null && Rows.Count == 0)
            Rows = [.. data.Elsewhere(package.System.Suite, package.Lookup).Select(e => e.Rows)];
    }

    /// <summary>Whose rows hold: another one than the host's for a backport and for a package of another suite.</summary>
    public Suite Suite { get; }

    /// <summary>By these the CVEs are found; none when the distribution does not list the package.</summary>
    public IReadOnlyList<SourceRows> Rows { get; }

    /// <summary>Why nothing can be said of the package whatever the row; null when something can.</summary>
    public string? Doubt => _doubt;

    static List<SourceRows> Find(SecurityData data, Suite suite, PackageProfile package)
    {
        Suite[] suites = package.System.Minor is { } minor ? [suite, minor] : [suite];
        foreach (string name in package.Binaries.Split(' ', StringSplitOptions.RemoveEmptyEntries).Prepend(package.Lookup))
            if (suites.Select(s => data.Find(s, name)).OfType<SourceRows>().ToList() is { Count: > 0 } found)
                return found;
        return [];
    }

    /// <param name="rows">All rows of one CVE.</param>
    /// <returns>The verdict, the row that decides, and what is to be said beside.</returns>
    public (Verdict Verdict, SecurityRow Row, string? Note) Judge(ReadOnlySpan<SecurityRow> rows)
    {
        var row = rows.Length == 1 ? rows[0] : Stream(rows);
        if (_doubt is not null)
            return (Verdict.Unknown, row, _doubt);
        switch (row.State)
        {
            case FixState.NotAffected:
                return (Verdict.NotAffected, row, null);
            case FixState.Open:
                return (Verdict.FixPending, row, null);
            case FixState.WontFix:
                return (Verdict.WontFix, row, null);
            case FixState.Undetermined:
                return (Verdict.Unknown, row, row.Reason ?? $"{Distributions.Title(Suite.Distribution)} has not determined whether it is affected");
        }
        bool isFixed = _scheme.Compare(_version, row.Fixed!) >= 0;
        if (isFixed && _note is not null)
            return (Verdict.Unknown, row, _note);
        if (isFixed)
            return _package.Restart is not null && _scheme.Compare(_version, row.Fixed!) == 0
                ? (Verdict.RestartNeeded, row, null) : (Verdict.Fixed, row, _isBackport ? $"judged as a backport of {Suite}" : null);
        if (_isBackport)
            return (Verdict.FixPending, row with { Fixed = null }, $"the backport is older than {row.Fixed}, which fixes it in {Suite}");
        return _package.Running is not null && _scheme.Compare(_package.Version, row.Fixed!) >= 0
            ? (Verdict.RestartNeeded, row, null) : (Verdict.FixAvailable, row, _note);
    }

    /// <summary>
    /// A suite may have several streams of a package (rpm's modules), each with its own fix. The lowest of the installed stream holds, which is told by
    /// the first number of the version.
    /// </summary>
    SecurityRow Stream(ReadOnlySpan<SecurityRow> rows)
    {
        var best = rows[0];
        bool isSame = Leads(best.Fixed);
        foreach (var row in rows[1..])
        {
            bool same = Leads(row.Fixed);
            if (row.Fixed is null || best.Fixed is null || (isSame && !same))
                continue;
            if ((same && !isSame) || _scheme.Compare(row.Fixed, best.Fixed) < 0)
                (best, isSame) = (row, same);
        }
        return best;
    }

    bool Leads(string? version) => version is not null && Lead().Match(version).Groups["number"].Value == Lead().Match(_version).Groups["number"].Value;

    (bool, Suite, IReadOnlyList<SourceRows>, string, string?) OfBackport(Match backport, SecurityData data)
    {
        string base_ = _version[..backport.Index];
        if (int.TryParse(backport.Groups["release"].Value, out int release) && Distributions.DebianSuite(release + 1) is { } name
            && new Suite(Suite.Distribution, name) is var from && data.Find(from, _package.Lookup) is { } rows)
            return (true, from, [rows], base_, null);
        return (true, Suite, Rows, base_, $"{_version} is a backport, and there are no data for what it was made from");
    }

    /// <summary>Newer than all that Debian's suite holds, and without its mark: it came from elsewhere.</summary>
    bool IsNewerThanArchive()
    {
        if (Suite.Distribution != "debian" || Rows is not [{ Versions.Count: > 0 } rows] || Mark().IsMatch(_version))
            return false;
        foreach (string version in rows.Versions)
            if (_scheme.Compare(_version, version) <= 0)
                return false;
        return true;
    }

    (Suite, IReadOnlyList<SourceRows>, string?) Elsewhere(SecurityData data)
    {
        foreach (var (suite, rows) in data.Elsewhere(Suite, _package.Lookup))
            if (rows.Versions.Contains(_version))
                return (suite, [rows], null);
        return (Suite, Rows, $"{_version} is newer than all that {_package.System.Label} has, and of no other suite");
    }

    /// <summary>The part of the archive that has a fix, for people: "Debian bookworm-security".</summary>
    public string Part(string? version)
    {
        string title = Distributions.Title(Suite.Distribution);
        foreach (var rows in Rows)
            if (version is not null && rows.Parts.TryGetValue(version, out string? part))
                return $"{title} {part}";
        return $"{title} {Suite.Name}";
    }

    [GeneratedRegex(@"~bpo(?<release>[0-9]+)(\.|\+|$)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Backport();

    [GeneratedRegex(@"[~+]deb[0-9]+u[0-9]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^([0-9]+:)?(?<number>[0-9]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Lead();
}
