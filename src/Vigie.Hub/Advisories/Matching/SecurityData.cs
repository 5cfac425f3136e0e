using Vigie.Hub.Advisories.Versions;

namespace Vigie.Hub.Advisories.Matching;

/// <summary>A release of a distribution: <c>debian bookworm</c>, <c>alpine v3.20</c>, <c>rocky 9</c>.</summary>
readonly record struct Suite(string Distribution, string Name)
{
    public override string ToString() => $"{Distribution} {Name}";
}

/// <summary>What is to be kept of a distribution's data.</summary>
/// <param name="Sources">Source packages; null for all.</param>
/// <param name="Suites">Releases; null for all.</param>
sealed record Wanted(IReadOnlySet<string>? Sources, IReadOnlySet<string>? Suites)
{
    public static readonly Wanted All = new(null, null);

    public bool IsSource(string source) => Sources?.Contains(source) != false;

    public bool IsSuite(string suite) => Suites?.Contains(suite) != false;
}

/// <summary>All that is known of one package in one suite: its rows by CVE, and the versions that the suite's archives hold.</summary>
sealed class SourceRows
{
    readonly List<SecurityRow> _rows = [];
    readonly HashSet<string> _versions = new(StringComparer.Ordinal);
    bool _isSorted = true;

    /// <summary>Sorted by CVE. Several of one CVE only where a suite has several streams of a package (rpm).</summary>
    public IReadOnlyList<SecurityRow> Rows => _rows;

    /// <summary>Versions in the suite and its parts, such as <c>bookworm-security</c>; empty when the data don't tell.</summary>
    public IReadOnlySet<string> Versions => _versions;

    /// <summary>The part of the archive that holds a version, such as <c>bookworm-security</c>.</summary>
    public Dictionary<string, string> Parts { get; } = new(StringComparer.Ordinal);

    public void Add(in SecurityRow row)
    {
        _rows.Add(row);
        _isSorted = false;
    }

    public void AddVersion(string part, string version)
    {
        if (_versions.Add(version))
            Parts[version] = part;
        else if (part.Length < Parts[version].Length)
            Parts[version] = part; // the suite itself holds it too
    }

    /// <summary>Sorts, and leaves one row for each CVE: that of the more trusted source, else the highest fix, which is the last one.</summary>
    public void Seal(VersionScheme scheme)
    {
        if (_isSorted)
            return;
        _isSorted = true;
        _rows.Sort((a, b) => a.Cve.CompareTo(b.Cve));
        int kept = 0;
        for (int i = 0; i < _rows.Count; i++)
        {
            if (kept > 0 && _rows[kept - 1].Cve == _rows[i].Cve && Supersedes(_rows[i], _rows[kept - 1], scheme) is { } better)
            {
                if (better)
                    _rows[kept - 1] = _rows[i];
                continue;
            }
            _rows[kept++] = _rows[i];
        }
        _rows.RemoveRange(kept, _rows.Count - kept);
        _rows.TrimExcess();
    }

    /// <summary>Null when both stay.</summary>
    static bool? Supersedes(in SecurityRow row, in SecurityRow before, VersionScheme scheme)
    {
        if (row.Rank != before.Rank)
            return row.Rank > before.Rank;
        if (row.State != FixState.Resolved || before.State != FixState.Resolved)
            return row.State == FixState.Resolved;
        int order = scheme.Compare(row.Fixed!, before.Fixed!);
        return scheme == VersionScheme.RpmEvr && order != 0 ? null : order > 0;
    }
}

/// <summary>What distributions say of CVEs in their packages, from any number of documents. Read first, then <see cref="Seal"/>.</summary>
sealed class SecurityData
{
    readonly Dictionary<Suite, Dictionary<string, SourceRows>> _suites = [];
    readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Suite> Suites => _suites.Keys;

    public int Count => _suites.Values.Sum(s => s.Values.Sum(r => r.Rows.Count));

    public SourceRows this[Suite suite, string source]
    {
        get
        {
            if (!_suites.TryGetValue(suite, out var sources))
                _suites[suite] = sources = new(StringComparer.Ordinal);
            if (!sources.TryGetValue(source, out var rows))
                sources[source] = rows = new();
            return rows;
        }
    }

    public bool Has(Suite suite) => _suites.ContainsKey(suite);

    public SourceRows? Find(Suite suite, string source) => _suites.GetValueOrDefault(suite)?.GetValueOrDefault(source);

    /// <summary>The same package in the other suites of the distribution.</summary>
    public IEnumerable<(Suite Suite, SourceRows Rows)> Elsewhere(Suite suite, string source)
    {
        foreach (var (other, sources) in _suites)
            if (other != suite && other.Distribution == suite.Distribution && sources.TryGetValue(source, out var rows))
                yield return (other, rows);
    }

    /// <summary>Every part with its name, for what keeps it.</summary>
    public IEnumerable<(Suite Suite, string Source, SourceRows Rows)> Everything() =>
        _suites.SelectMany(s => s.Value.Select(r => (s.Key, r.Key, r.Value)));

    /// <summary>The same text once only: versions stand with hundreds of CVEs.</summary>
    public string Text(string text)
    {
        if (_texts.TryGetValue(text, out string? known))
            return known;
        _texts[text] = text;
        return text;
    }

    public void Seal()
    {
        foreach (var (suite, sources) in _suites)
            foreach (var rows in sources.Values)
                rows.Seal(Distributions.Scheme(suite.Distribution));
    }
}
