using System.Globalization;
using System.Text;
using Vigie.Core.Metrics;

namespace Vigie.Hub.Export;

/// <summary>A line a sample: time, unix_ms, metric, host, labels, value. Quoted as RFC 4180 has it.</summary>
sealed class CsvFormat : SampleFormat
{
    public override bool IsByMetric => false;

    public override void Begin(StringBuilder to) => to.Append("time,unix_ms,metric,host,labels,value\n");

    public override void Metric(StringBuilder to, string name, MetricInfo? metric) { }

    public override void Series(StringBuilder to, SeriesSamples series)
    {
        string cells = $",{Cell(series.Labels.Name)},{Cell(series.Labels["host"])},{Cell(Others(series.Labels))},";
        for (int i = 0; i < series.TimesMs.Length; i++)
        {
            double value = series.Values.Span[i];
            if (StaleMarker.Is(value))
                continue;
            long ms = series.TimesMs.Span[i];
            to.Append(CultureInfo.InvariantCulture, $"{DateTimeOffset.FromUnixTimeMilliseconds(ms):yyyy-MM-ddTHH:mm:ss.fff}Z,{ms}")
                .Append(cells).Append(Number(value)).Append('\n');
        }
    }

    public override void End(StringBuilder to) { }

    static string Others(Labels labels)
    {
        var others = new List<string>(labels.Count);
        foreach (var label in labels.Span)
            if (label.Name is not (Labels.MetricName or "host"))
                others.Add($"{label.Name}={Labels.Quote(label.Value)}");
        return string.Join(", ", others);
    }

    /// <summary>A text that a spreadsheet would compute gets an apostrophe before it: labels come from strangers.</summary>
    static string Cell(string text)
    {
        if (text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..])
            text = '\'' + text;
        return text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
