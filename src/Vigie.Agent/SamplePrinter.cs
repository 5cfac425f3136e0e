using System.Globalization;
using System.Text;
using Vigie.Core.Otlp;

namespace Vigie.Agent;

/// <summary>Samples as text for people: <c>system.memory.usage{system.memory.state="used"} 1024 By</c>.</summary>
static class SamplePrinter
{
    public static string Line(OtlpSamples samples, int index)
    {
        var metric = samples.Metric(index);
        var line = new StringBuilder(metric.Name);
        string separator = "{";
        foreach (var (key, value) in samples.Attributes(index))
        {
            line.Append(separator).Append(key).Append("=\"").Append(Visible(value)).Append('"');
            separator = ", ";
        }
        if (separator is ", ")
            line.Append('}');
        line.Append(' ').Append(samples.Value(index).ToString("0.######", CultureInfo.InvariantCulture));
        return metric.Unit is not ("" or "1") ? line.Append(' ').Append(metric.Unit).ToString() : line.ToString();
    }

    /// <summary>The metrics in the order of their names, each with its samples in the order they came.</summary>
    public static IEnumerable<string> Lines(OtlpSamples samples)
    {
        foreach (int first in samples.Firsts.OrderBy(i => samples.Metric(i).Name, StringComparer.Ordinal))
            for (int i = first; i >= 0; i = samples.NextOfMetric(i))
                yield return Line(samples, i);
    }

    public static string Resource(IEnumerable<ResourceAttribute> resource) => string.Join('\n', resource.Select(a =>
        $"{a.Key} = {(a.Value is IReadOnlyList<string> texts ? string.Join(", ", texts) : Convert.ToString(a.Value, CultureInfo.InvariantCulture))}"));

    // Names of devices and mount points come from outside, and a terminal obeys control characters.
    static string Visible(string value) => string.Concat(value.Select(c => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        _ when char.IsControl(c) => "?",
        _ => c.ToString(),
    }));
}
