using System.Collections.Frozen;
using System.Text;

namespace Vigie.Core.Metrics;

/// <summary>
/// The one table between OpenTelemetry's names and the stored ones. Names are translated by rule (OpenTelemetry's
/// "Prometheus compatibility": dots become underscores, the unit is appended, counters end in <c>_total</c>); attributes
/// are named here, because the conventions' long names would fill every query.
/// </summary>
public static class StoredNames
{
    /// <summary>Attribute of the conventions (1.44) or of the collector's older dialect → stored label.</summary>
    static readonly FrozenDictionary<string, string> LabelOf = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["cpu.mode"] = "state",
        ["cpu.logical_number"] = "cpu",
        ["system.memory.state"] = "state",
        ["system.memory.linux.slab.state"] = "state",
        ["system.paging.state"] = "state",
        ["system.paging.fault.type"] = "type",
        ["system.paging.direction"] = "direction",
        ["system.device"] = "device",
        ["system.filesystem.state"] = "state",
        ["system.filesystem.type"] = "type",
        ["system.filesystem.mode"] = "mode",
        ["system.filesystem.mountpoint"] = "mountpoint",
        ["disk.io.direction"] = "direction",
        ["network.interface.name"] = "device",
        ["network.io.direction"] = "direction",
        ["network.connection.state"] = "state",
        ["network.transport"] = "protocol",
        ["process.state"] = "state",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>UCUM unit → the word Prometheus spells in the name.</summary>
    static readonly FrozenDictionary<string, string> WordOf = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["min"] = "minutes",
        ["h"] = "hours",
        ["d"] = "days",
        ["Hz"] = "hertz",
        ["Cel"] = "celsius",
        ["V"] = "volts",
        ["A"] = "amperes",
        ["W"] = "watts",
        ["J"] = "joules",
        ["%"] = "percent",
        ["By/s"] = "bytes_per_second",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The label under which an attribute is stored.</summary>
    public static string Label(string attribute) => LabelOf.TryGetValue(attribute, out var label) ? label : Clean(attribute);

    /// <summary><c>system.memory.utilization</c>, unit <c>1</c>, gauge → <c>system_memory_utilization_ratio</c>.</summary>
    public static string Metric(string name, string unit, MetricKind kind)
    {
        var stored = Clean(name);
        string word = unit switch
        {
            "1" => kind == MetricKind.Gauge && name.EndsWith("utilization", StringComparison.Ordinal) ? "ratio" : "",
            _ => WordOf.GetValueOrDefault(unit, ""), // {user}, {operation}: annotations are not part of a name
        };
        bool total = stored.EndsWith("_total", StringComparison.Ordinal);
        if (total)
            stored = stored[..^6];
        if (word.Length > 0 && !stored.EndsWith('_' + word, StringComparison.Ordinal) && stored != word)
            stored += '_' + word;
        return kind == MetricKind.Counter || total ? stored + "_total" : stored;
    }

    /// <summary>The unit as the stored name ends with it; empty when a name of that unit says nothing of it.</summary>
    public static string UnitWord(string unit) => unit == "1" ? "ratio" : WordOf.GetValueOrDefault(unit, "");

    public static string Metric(MetricInfo metric) => Metric(metric.Name, metric.Unit, metric.Kind);

    /// <summary>Letters, digits and underscores; anything else becomes one underscore, and a leading digit gets one before it.</summary>
    static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
                clean.Append(clean.Length == 0 && char.IsAsciiDigit(c) ? $"_{c}" : c.ToString());
            else if (c is '_' or ':' || clean.Length == 0 || clean[^1] != '_')
                clean.Append(c is ':' ? ':' : '_');
        }
        return clean.Length == 0 ? "_" : clean.ToString();
    }
}
