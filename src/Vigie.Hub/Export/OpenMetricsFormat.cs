using System.Globalization;
using System.Text;
using Vigie.Core.Metrics;

namespace Vigie.Hub.Export;

/// <summary>
/// OpenMetrics 1.0 as text, with time stamps: what <c>promtool tsdb create-blocks-from openmetrics</c> reads.
/// </summary>
/// <param name="names">All metrics that are exported: a counter without its <c>_total</c> must not meet another of them.</param>
sealed class OpenMetricsFormat(IReadOnlySet<string> names) : SampleFormat
{
    const string Total = "_total";

    public override bool IsByMetric => true;

    public override void Begin(StringBuilder to) { }

    public override void Metric(StringBuilder to, string name, MetricInfo? metric)
    {
        string family = name, type = metric?.Kind == MetricKind.Gauge ? "gauge" : "unknown";
        if (metric?.Kind == MetricKind.Counter && name.EndsWith(Total, StringComparison.Ordinal) && !names.Contains(name[..^Total.Length]))
            (family, type) = (name[..^Total.Length], "counter");
        family = Name(family, isMetric: true);
        to.Append(CultureInfo.InvariantCulture, $"# TYPE {family} {type}\n");
        if (metric is null)
            return;
        string unit = StoredNames.UnitWord(metric.Unit);
        if (unit.Length > 0 && family.EndsWith('_' + unit, StringComparison.Ordinal))
            to.Append(CultureInfo.InvariantCulture, $"# UNIT {family} {unit}\n");
        if (metric.Help.Length > 0)
            to.Append(CultureInfo.InvariantCulture, $"# HELP {family} {Escaped(metric.Help)}\n");
    }

    public override void Series(StringBuilder to, SeriesSamples series)
    {
        var labels = new List<string>(series.Labels.Count);
        foreach (var label in series.Labels.Span)
            if (label.Name is not Labels.MetricName)
                labels.Add($"{Name(label.Name, isMetric: false)}=\"{Escaped(label.Value)}\"");
        string start = Name(series.Labels.Name, isMetric: true) + (labels.Count > 0 ? $"{{{string.Join(',', labels)}}} " : " ");
        for (int i = 0; i < series.TimesMs.Length; i++)
        {
            double value = series.Values.Span[i];
            if (StaleMarker.Is(value))
                continue;
            decimal seconds = series.TimesMs.Span[i] / 1000m;
            to.Append(start).Append(Number(value)).Append(CultureInfo.InvariantCulture, $" {seconds:0.000}\n");
        }
    }

    public override void End(StringBuilder to) => to.Append("# EOF\n");

    static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
