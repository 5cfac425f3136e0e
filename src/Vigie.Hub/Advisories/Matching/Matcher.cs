using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Vigie.Agent.Inventory;

namespace Vigie.Hub.Advisories.Matching;

/// <summary>
/// Says which advisories hold for which packages. It does no I/O: advisories and the distributions' data are given, and hosts are asked for one
/// by one. What is found for a package is kept and serves all hosts that have it so; safe for several threads.
/// </summary>
sealed class Matcher
{
    /// <summary>An advisory older than this before the newest one is not brought up for a package of which nothing is known.</summary>
    const int YearsOfInterest = 2;

    readonly SecurityData _data;
    readonly Relevance _relevance;
    readonly List<MatchAdvisory> _advisories = [];
    readonly List<IReadOnlyList<Claim>> _claims = [];
    readonly Dictionary<string, int> _byReference = new(StringComparer.Ordinal);
    readonly Dictionary<long, List<int>> _byCve = [];
    readonly Dictionary<string, List<int>> _byClaim = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<PackageProfile, IReadOnlyList<PackageFinding>> _known = new();

    /// <summary>Those that an advisory touches or leaves alone together.</summary>
    readonly ConcurrentDictionary<(string Lookup, string Os, bool IsKernel, string Binaries), ConcurrentDictionary<PackageProfile, bool>> _kin = new();

    DateOnly _newest = DateOnly.MinValue;

    public Matcher(IEnumerable<MatchAdvisory> advisories, SecurityData data, AliasTable aliases)
    {
        (_data, _relevance) = (data, new(aliases));
        foreach (var advisory in advisories)
            Index(advisory);
    }

    public int Advisories => _advisories.Count;

    /// <summary>All that holds for a host, in no order.</summary>
    public IEnumerable<PackageFinding> Match(InventoryDocument host) => MatchPackages(host).SelectMany(findings => findings);

    /// <summary>What holds for each source package of a host; most of these lists serve other hosts too.</summary>
    public IReadOnlyList<IReadOnlyList<PackageFinding>> MatchPackages(InventoryDocument host) => MatchPackages(PackageProfile.Of(host));

    public IReadOnlyList<IReadOnlyList<PackageFinding>> MatchPackages(IReadOnlyList<PackageProfile> packages)
    {
        var all = new List<IReadOnlyList<PackageFinding>>(packages.Count);
        var places = new Dictionary<string, int>(packages.Count, StringComparer.Ordinal);
        foreach (var package in packages)
        {
            var findings = Of(package);
            ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, package.Source, out bool isSecond);
            if (isSecond)
            {
                all[place] = Worst(all[place], findings);
                continue;
            }
            place = all.Count;
            all.Add(findings);
        }
        return all;
    }

    /// <summary>Of several versions of a source side by side the worst one counts.</summary>
    static List<PackageFinding> Worst(IReadOnlyList<PackageFinding> one, IReadOnlyList<PackageFinding> other) =>
        [.. one.Concat(other).GroupBy(f => f.Advisory.Reference).Select(g => g.MinBy(f => f.Verdict)!)];

    public IReadOnlyList<PackageFinding> Of(PackageProfile package)
    {
        if (_known.TryGetValue(package, out var findings))
            return findings;
        _known[package] = findings = Judge(package);
        _kin.GetOrAdd((package.Lookup, package.System.Os, package.IsKernel, package.Binaries), _ => new())[package] = true;
        return findings;
    }

    /// <summary>
    /// A new advisory, or one that has changed: what was found for packages it may touch is found anew when it is asked for. Not to be called while
    /// others match.
    /// </summary>
    /// <returns>The packages whose findings may be others now.</returns>
    public IReadOnlyList<PackageProfile> Put(MatchAdvisory advisory)
    {
        var before = _byReference.TryGetValue(advisory.Reference, out int at)
            ? (_advisories[at], _claims[at]) : default((MatchAdvisory, IReadOnlyList<Claim>)?);
        if (before is not null)
            Remove(at);
        int index = Index(advisory, before is null ? null : at);
        var touched = new List<PackageProfile>();
        foreach (var (kin, packages) in _kin)
        {
            var any = packages.First().Key;
            if (!Touches(advisory, _claims[index], any) && !(before is { } old && Touches(old.Item1, old.Item2, any)))
                continue;
            _kin.TryRemove(kin, out _);
            foreach (var package in packages.Keys)
            {
                touched.Add(package);
                _known.TryRemove(package, out _);
            }
        }
        return touched;
    }

    bool Touches(MatchAdvisory advisory, IReadOnlyList<Claim> claims, PackageProfile package) => IsConcerned(claims, package)
        || (package.Binaries.Length > 0
            ? package.Binaries.Split(' ').Append(package.Lookup).Any(n => Lists(package, n, advisory)) : Lists(package, package.Lookup, advisory));

    bool Lists(PackageProfile package, string name, MatchAdvisory advisory)
    {
        foreach (var suite in _data.Suites)
            if (suite.Distribution == package.System.Suite.Distribution && _data.Find(suite, name) is { } rows)
                foreach (long cve in advisory.Cves)
                    if (Has(rows, cve))
                        return true;
        return false;
    }

    static bool IsConcerned(IReadOnlyList<Claim> claims, PackageProfile package)
    {
        for (int i = 0; i < claims.Count; i++)
            if (claims[i].Holds(package.Lookup, package.System.Os, package.IsKernel)
                || (package.System.Os != package.System.Suite.Distribution
                    && claims[i].Holds(package.Lookup, package.System.Suite.Distribution, package.IsKernel)))
                return true;
        return false;
    }

    int Index(MatchAdvisory advisory, int? place = null)
    {
        int index = place ?? _advisories.Count;
        var claims = _relevance.Of(advisory);
        if (place is null)
        {
            _advisories.Add(advisory);
            _claims.Add(claims);
        }
        else
            (_advisories[index], _claims[index]) = (advisory, claims);
        _byReference[advisory.Reference] = index;
        foreach (long cve in advisory.Cves)
            Add(_byCve, cve, index);
        foreach (string name in claims.Select(c => c.Name).Distinct())
            Add(_byClaim, name, index);
        if (advisory.First > _newest)
            _newest = advisory.First;
        return index;
    }

    void Remove(int index)
    {
        foreach (long cve in _advisories[index].Cves)
            _byCve[cve].Remove(index);
        foreach (string name in _claims[index].Select(c => c.Name).Distinct())
            _byClaim[name].Remove(index);
    }

    static void Add<T>(Dictionary<T, List<int>> lists, T key, int index) where T : notnull
    {
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, key, out _);
        (list ??= new(1)).Add(index);
    }

    struct Sum
    {
        public Verdict Verdict;
        public SecurityRow Row;
        public string? Note, Fixed;
        public int Cves;
    }

    List<PackageFinding> Judge(PackageProfile package)
    {
        var judge = new PackageJudge(package, _data);
        var sums = new Dictionary<int, Sum>();
        var seen = new HashSet<long>();
        foreach (var rows in judge.Rows)
        {
            var all = CollectionsMarshal.AsSpan((List<SecurityRow>)rows.Rows);
            for (int i = 0, next; i < all.Length; i = next)
            {
                for (next = i + 1; next < all.Length && all[next].Cve == all[i].Cve; next++)
                {
                }
                if (_byCve.TryGetValue(all[i].Cve, out var advisories) && advisories.Count > 0 && (judge.Rows.Count == 1 || seen.Add(all[i].Cve)))
                    Count(sums, advisories, judge.Judge(all[i..next]), package);
            }
        }
        var findings = new List<PackageFinding>(sums.Count);
        foreach (var (index, sum) in sums)
            findings.Add(new(_advisories[index], package, IsConcerned(_claims[index], package) ? Tier.Concerns : Tier.SharesCve, sum.Verdict, sum.Row,
                sum.Fixed, sum.Cves, sum.Note, judge));
        AddUnlisted(findings, sums, judge, package);
        return findings;
    }

    static void Count(Dictionary<int, Sum> sums, List<int> advisories, (Verdict Verdict, SecurityRow Row, string? Note) judged, PackageProfile package)
    {
        foreach (int index in advisories)
        {
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, index, out bool isThere);
            sum.Cves++;
            if (judged.Row.Fixed is { } fix && (sum.Fixed is null || package.System.Scheme.Compare(fix, sum.Fixed) > 0))
                sum.Fixed = fix;
            if (isThere && judged.Verdict >= sum.Verdict)
                continue;
            (sum.Verdict, sum.Row, sum.Note) = judged;
        }
    }

    /// <summary>Advisories that are about the package, of whose CVEs the distribution says nothing.</summary>
    void AddUnlisted(List<PackageFinding> findings, Dictionary<int, Sum> sums, PackageJudge judge, PackageProfile package)
    {
        var floor = package.System.Released ?? (_newest.Year > YearsOfInterest ? _newest.AddYears(-YearsOfInterest) : _newest);
        foreach (int index in ClaimedBy(package))
        {
            var advisory = _advisories[index];
            if (sums.ContainsKey(index) || advisory.First < floor || !IsConcerned(_claims[index], package))
                continue;
            string why = judge.Doubt ?? (advisory.Cves.Count == 0 ? "the advisory names no CVE"
                : $"{Distributions.Title(judge.Suite.Distribution)} lists none of its CVEs for {package.Lookup} in {judge.Suite.Name}");
            findings.Add(new(advisory, package, Tier.Concerns, Verdict.Unknown, default, null, 0, why, judge));
        }
    }

    IEnumerable<int> ClaimedBy(PackageProfile package)
    {
        string source = package.Lookup;
        var found = new List<int>();
        Collect(package.IsKernel ? Claim.Kernel : source);
        if (package.IsKernel)
            Collect(source);
        for (int i = 1; i < source.Length; i++)
            if (char.IsAsciiDigit(source[i]) && !char.IsAsciiDigit(source[i - 1]) && source[i - 1] != '.')
                Collect(source[..i]);
        return found.Distinct();

        void Collect(string name)
        {
            if (_byClaim.TryGetValue(name, out var list))
                found.AddRange(list);
        }
    }

    static bool Has(SourceRows rows, long cve)
    {
        var all = CollectionsMarshal.AsSpan((List<SecurityRow>)rows.Rows);
        int low = 0, high = all.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (all[middle].Cve < cve)
                low = middle + 1;
            else
                high = middle;
        }
        return low < all.Length && all[low].Cve == cve;
    }
}
