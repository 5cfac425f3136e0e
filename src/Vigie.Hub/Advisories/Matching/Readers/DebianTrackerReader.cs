using System.Text.Json;

namespace Vigie.Hub.Advisories.Matching.Readers;

/// <summary>
/// Debian's security tracker, <c>/tracker/data/json</c>:
/// <c>{source: {CVE: {releases: {suite: {status, fixed_version, urgency, nodsa, nodsa_reason, repositories: {part: version}}}}}}</c>. Read as it
/// comes, because it is 50 to 90 MB; entries without a CVE (<c>TEMP-…</c>) are left out.
/// </summary>
struct DebianTrackerReader(SecurityData data, Wanted wanted) : IJsonSink
{
    const string Distribution = "debian";

    string? _source, _suite, _field;
    long _cve;
    bool _inReleases, _inRepositories;
    string? _status, _fixed, _urgency, _nodsa, _nodsaReason;
    List<(string Part, string Version)>? _versions;

    public int Rows { get; private set; }

    public static int Read(Stream stream, SecurityData data, Wanted wanted, CancellationToken ct = default)
    {
        var reader = new DebianTrackerReader(data, wanted);
        JsonTokens.Read(stream, ref reader, ct);
        return reader.Rows;
    }

    public bool Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                Name(ref reader);
                break;
            case JsonTokenType.EndObject:
                End(reader.CurrentDepth);
                break;
            case JsonTokenType.String or JsonTokenType.Number when _suite is not null && _field is not null:
                Value(ref reader);
                break;
        }
        return true;
    }

    void Name(ref Utf8JsonReader reader)
    {
        switch (reader.CurrentDepth)
        {
            case 1:
                string source = reader.GetString()!;
                _source = wanted.IsSource(source) ? data.Text(source) : null;
                break;
            case 2 when _source is not null:
                _cve = reader.HasValueSequence || reader.ValueIsEscaped ? 0 : CveId.Parse(reader.ValueSpan);
                break;
            case 3:
                _inReleases = _source is not null && _cve != 0 && reader.ValueTextEquals("releases"u8);
                break;
            case 4 when _inReleases:
                string suite = reader.GetString()!;
                _suite = wanted.IsSuite(suite) ? data.Text(suite) : null;
                (_status, _fixed, _urgency, _nodsa, _nodsaReason, _field) = (null, null, null, null, null, null);
                _versions?.Clear();
                break;
            case 5 when _suite is not null:
                _inRepositories = reader.ValueTextEquals("repositories"u8);
                _field = _inRepositories ? null : Field(ref reader);
                break;
            case 6 when _inRepositories:
                _field = data.Text(reader.GetString()!);
                break;
        }
    }

    static string? Field(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("status"u8) ? "status"
        : reader.ValueTextEquals("fixed_version"u8) ? "fixed_version"
        : reader.ValueTextEquals("urgency"u8) ? "urgency"
        : reader.ValueTextEquals("nodsa"u8) ? "nodsa"
        : reader.ValueTextEquals("nodsa_reason"u8) ? "nodsa_reason"
        : null;

    void Value(ref Utf8JsonReader reader)
    {
        string text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "0";
        if (reader.CurrentDepth == 6)
        {
            if (_inRepositories)
                (_versions ??= []).Add((_field!, data.Text(text)));
            return;
        }
        switch (_field)
        {
            case "status":
                _status = text;
                break;
            case "fixed_version":
                _fixed = text;
                break;
            case "urgency":
                _urgency = text;
                break;
            case "nodsa":
                _nodsa = text;
                break;
            case "nodsa_reason":
                _nodsaReason = text;
                break;
        }
        _field = null;
    }

    void End(int depth)
    {
        switch (depth)
        {
            case 4 when _suite is not null:
                Store();
                _suite = null;
                break;
            case 5:
                _inRepositories = false;
                break;
            case 3:
                _inReleases = false;
                break;
        }
    }

    void Store()
    {
        var rows = data[new(Distribution, _suite!), _source!];
        foreach (var (part, version) in _versions ?? [])
            rows.AddVersion(part, version);
        var urgency = Weigh(_urgency);
        var (state, reason) = State(urgency);
        rows.Add(new(_cve, state, state == FixState.Resolved ? data.Text(_fixed!) : null, reason is null ? null : data.Text(reason), urgency,
            SourceRank.Own));
        Rows++;
    }

    readonly (FixState State, string? Reason) State(Urgency urgency)
    {
        switch (_status)
        {
            case "resolved":
                return _fixed is null or "" ? (FixState.Undetermined, "the tracker names no version") : (_fixed == "0"
                    ? FixState.NotAffected : FixState.Resolved, null);
            case "open":
                string note = OutsideText.Line(_nodsa, 200);
                if (_nodsaReason == "ignored")
                    return (FixState.WontFix, note.Length > 0 ? $"ignored: {note}" : "ignored");
                if (urgency == Urgency.Unimportant)
                    return (FixState.WontFix, "it is unimportant");
                if (_urgency is { } u && u.StartsWith("end-of-life", StringComparison.Ordinal))
                    return (FixState.WontFix, "the package is no longer supported");
                string why = _nodsaReason == "postponed" ? "postponed" : _nodsa is null ? "" : "no update of its own";
                return (FixState.Open, (why.Length, note.Length) switch { (0, _) => null, (_, 0) => why, _ => $"{why}: {note}" });
            default:
                return (FixState.Undetermined, null);
        }
    }

    /// <summary>Two stars say that somebody has set it by hand.</summary>
    static Urgency Weigh(string? urgency) => urgency?.TrimEnd('*') switch
    {
        "unimportant" => Urgency.Unimportant,
        "low" => Urgency.Low,
        "medium" => Urgency.Medium,
        "high" => Urgency.High,
        _ => Urgency.None,
    };
}
