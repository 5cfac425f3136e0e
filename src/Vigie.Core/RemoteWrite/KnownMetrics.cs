using System.Collections.Concurrent;
using System.Text;
using Vigie.Core.Metrics;

namespace Vigie.Core.RemoteWrite;

/// <summary>The types of metadata; both versions number them alike.</summary>
enum FamilyType { Unknown = 0, Counter = 1, Gauge = 2, Histogram = 3, GaugeHistogram = 4, Summary = 5, Info = 6, StateSet = 7 }

/// <summary>What all series of one name share: their declaration, as far as it has come.</summary>
sealed class KnownMetric(MetricInfo info, TextPool texts)
{
    public TextPool Texts { get; } = texts;

    public MetricInfo Info { get; set; } = info;
}

/// <summary>
/// What senders tell of their metrics, by name. Version 1.0 tells it in requests of its own, often after the samples. The first
/// word on a metric stands until the hub restarts: a fleet mixes versions of an exporter, and their help texts must not be
/// declared in turn for ever.
/// </summary>
sealed class KnownMetrics(IngestLimits limits, TextPool texts)
{
    static readonly string[] Suffixes = ["_total", "_bucket", "_sum", "_count"];

    readonly ConcurrentDictionary<string, KnownMetric> _metrics = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, (FamilyType Type, string Unit, string Help)> _families = new(StringComparer.Ordinal);
    int _metricCount, _familyCount;

    public KnownMetric Of(string name)
    {
        if (_metrics.TryGetValue(name, out var known))
            return known;
        var created = new KnownMetric(Declaration(name), texts);
        if (Volatile.Read(ref _metricCount) >= limits.Metrics)
            return created;
        if (!_metrics.TryAdd(name, created))
            return _metrics.GetValueOrDefault(name, created);
        Interlocked.Increment(ref _metricCount);
        created.Info = Declaration(name); // a declaration may have come between
        return created;
    }

    /// <summary>Costs no allocation when it is known already.</summary>
    /// <param name="name">A family's name, or in version 2.0 the metric's own.</param>
    public void Learn(ReadOnlySpan<char> name, ulong type, ReadOnlySpan<byte> unit, ReadOnlySpan<byte> help)
    {
        var told = type <= (ulong)FamilyType.StateSet ? (FamilyType)type : FamilyType.Unknown;
        if (told == FamilyType.Unknown && unit.IsEmpty && help.IsEmpty)
            return;
        var lookup = _families.GetAlternateLookup<ReadOnlySpan<char>>();
        bool isKnown = lookup.TryGetValue(name, out var known);
        if (isKnown && (known.Type != FamilyType.Unknown || told == FamilyType.Unknown)
            && (known.Unit.Length > 0 || unit.IsEmpty) && (known.Help.Length > 0 || help.IsEmpty))
            return;
        if (name.IsEmpty || name.Length > limits.LabelLength || (!isKnown && Volatile.Read(ref _familyCount) >= limits.Metrics))
            return;
        string family = name.ToString();
        if (_families.TryAdd(family, (told, Text(unit), Text(help))))
            Interlocked.Increment(ref _familyCount);
        else
            _families[family] = (known.Type == FamilyType.Unknown ? told : known.Type,
                known.Unit is { Length: > 0 } ? known.Unit : Text(unit), known.Help is { Length: > 0 } ? known.Help : Text(help));
        Redeclare(family);
        foreach (string suffix in Suffixes)
            Redeclare(family + suffix);
    }

    /// <summary>Forgets all names when they have used up the limit: only a cache, what is alive comes back.</summary>
    public void DropIfFull()
    {
        if (Volatile.Read(ref _metricCount) < limits.Metrics && Volatile.Read(ref _familyCount) < limits.Metrics)
            return;
        _metrics.Clear();
        _families.Clear();
        (_metricCount, _familyCount) = (0, 0);
    }

    void Redeclare(string name)
    {
        if (_metrics.TryGetValue(name, out var known) && Declaration(name) is var info && info != known.Info)
            known.Info = info;
    }

    /// <summary>A classic histogram is declared once for its three names, a counter of OpenMetrics without <c>_total</c>.</summary>
    MetricInfo Declaration(string name)
    {
        bool found = _families.TryGetValue(name, out var family);
        foreach (string suffix in Suffixes)
        {
            if (found || !name.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            found = _families.TryGetValue(name[..^suffix.Length], out family)
                && family.Type == (suffix == "_total" ? FamilyType.Counter : family.Type is FamilyType.Summary && suffix != "_bucket"
                    ? FamilyType.Summary : FamilyType.Histogram);
        }
        if (!found)
            family = (FamilyType.Unknown, "", "");
        bool grows = family.Type switch
        {
            FamilyType.Counter => true,
            FamilyType.Unknown => name.EndsWith("_total", StringComparison.Ordinal),
            FamilyType.Histogram or FamilyType.Summary => Suffixes.Any(s => name.EndsWith(s, StringComparison.Ordinal)),
            _ => false,
        };
        return new(name, family.Unit, grows ? MetricKind.Counter : MetricKind.Gauge, family.Help);
    }

    string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, limits.LabelLength)]);
}
