using System.Text.Json;

namespace Vigie.Hub.Advisories.Matching.Readers;

/// <summary>
/// Ubuntu's package data, <c>com.ubuntu.SERIES.pkg.json</c>:
/// <c>{release, packages: {source: {source_versions: {version: {pocket}}, cves: {CVE: {status, source_fixed_version}}}},
/// security_issues: {cves: {CVE: {ubuntu_priority}}}}</c>. A fix in a pocket <c>esm-…</c> is only for subscribers of Ubuntu Pro.
/// </summary>
struct UbuntuPackageReader(SecurityData data, Wanted wanted) : IJsonSink
{
    readonly List<(string Source, long Cve, string? Status, string? Fixed)> _found = [];
    readonly Dictionary<string, List<(string Pocket, string Version)>> _versions = new(StringComparer.Ordinal);
    readonly Dictionary<long, Urgency> _priorities = [];
    string? _top, _series, _source, _part, _entry, _field, _status, _fixed;
    long _cve, _priority;

    public static int Read(Stream stream, SecurityData data, Wanted wanted, CancellationToken ct = default)
    {
        var reader = new UbuntuPackageReader(data, wanted);
        JsonTokens.Read(stream, ref reader, ct);
        return reader.Store();
    }

    public bool Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                Name(ref reader);
                break;
            case JsonTokenType.String:
                Value(ref reader);
                break;
            case JsonTokenType.EndObject:
                End(reader.CurrentDepth);
                break;
        }
        return true;
    }

    void Name(ref Utf8JsonReader reader)
    {
        switch (reader.CurrentDepth)
        {
            case 1:
                _top = reader.GetString();
                _source = _part = _field = null;
                break;
            case 2 when _top == "packages":
                string source = reader.GetString()!;
                _source = wanted.IsSource(source) ? data.Text(source) : null;
                break;
            case 2:
                _part = reader.GetString();
                break;
            case 3 when _source is not null:
                _part = reader.GetString();
                break;
            case 3 when _top == "security_issues" && _part == "cves":
                _priority = reader.ValueIsEscaped ? 0 : CveId.Parse(reader.ValueSpan);
                break;
            case 4 when _source is not null && _part == "source_versions":
                _entry = data.Text(reader.GetString()!);
                break;
            case 4 when _source is not null && _part == "cves":
                _cve = reader.ValueIsEscaped ? 0 : CveId.Parse(reader.ValueSpan);
                (_status, _fixed) = (null, null);
                break;
            case 4 when _priority != 0:
                _field = reader.ValueTextEquals("ubuntu_priority"u8) ? "priority" : null;
                break;
            case 5 when _source is not null:
                _field = reader.ValueTextEquals("pocket"u8) ? "pocket" : reader.ValueTextEquals("status"u8) ? "status"
                    : reader.ValueTextEquals("source_fixed_version"u8) ? "fixed" : null;
                break;
        }
    }

    void Value(ref Utf8JsonReader reader)
    {
        if (reader.CurrentDepth == 1 && _top == "release")
            _series = data.Text(reader.GetString()!);
        else if (reader.CurrentDepth == 4 && _field == "priority")
            _priorities[_priority] = Weigh(reader.GetString());
        else if (reader.CurrentDepth == 5 && _source is not null)
            switch (_field)
            {
                case "pocket" when _part == "source_versions":
                    string pocket = data.Text(reader.GetString()!);
                    if (!_versions.TryGetValue(_source, out var versions))
                        _versions[_source] = versions = [];
                    versions.Add((pocket, _entry!));
                    break;
                case "status" when _part == "cves":
                    _status = data.Text(reader.GetString()!);
                    break;
                case "fixed" when _part == "cves":
                    _fixed = data.Text(reader.GetString()!);
                    break;
            }
        _field = null;
    }

    void End(int depth)
    {
        if (depth == 4 && _source is not null && _part == "cves" && _cve != 0)
        {
            _found.Add((_source, _cve, _status, _fixed));
            _cve = 0;
        }
        else if (depth == 3 && _source is null)
            _priority = 0;
        else if (depth == 2)
            _source = null;
    }

    /// <exception cref="FormatException">The document does not name its release.</exception>
    readonly int Store()
    {
        if (string.IsNullOrEmpty(_series))
            throw new FormatException("it names no release");
        if (!wanted.IsSuite(_series))
            return 0;
        var suite = new Suite("ubuntu", _series);
        var pockets = new Dictionary<(string Source, string Version), string>();
        foreach (var (source, versions) in _versions)
            foreach (var (pocket, version) in versions)
            {
                data[suite, source].AddVersion($"{_series}-{pocket}", version);
                pockets[(source, version)] = pocket;
            }
        foreach (var (source, cve, status, fix) in _found)
        {
            string? pocket = fix is null ? null : pockets.GetValueOrDefault((source, fix));
            var (state, reason) = State(status, fix);
            data[suite, source].Add(new(cve, state, state == FixState.Resolved ? fix : null, reason, _priorities.GetValueOrDefault(cve),
                SourceRank.Own, pocket));
        }
        return _found.Count;
    }

    static (FixState State, string? Reason) State(string? status, string? fix) => status switch
    {
        "fixed" or "released" when fix is "0" => (FixState.NotAffected, null),
        "fixed" or "released" when !string.IsNullOrEmpty(fix) => (FixState.Resolved, null),
        "not-vulnerable" or "not-affected" or "DNE" => (FixState.NotAffected, null),
        "ignored" or "deferred" => (status == "ignored" ? FixState.WontFix : FixState.Open, status),
        "vulnerable" or "needed" or "pending" or "in-progress" => (FixState.Open, null),
        _ => (FixState.Undetermined, status),
    };

    static Urgency Weigh(string? priority) => priority switch
    {
        "negligible" => Urgency.Unimportant,
        "low" => Urgency.Low,
        "medium" => Urgency.Medium,
        "high" => Urgency.High,
        "critical" => Urgency.Critical,
        _ => Urgency.None,
    };
}
