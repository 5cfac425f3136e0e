using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Exposition;

/// <summary>
/// A file of the kernel with a line for each device and a number in each column, turned round: the format wants all devices of one metric
/// together.
/// </summary>
static class ColumnTable
{
    /// <param name="Metric">Null for a column that is left out.</param>
    /// <param name="Factor">From the kernel's unit to that of the metric.</param>
    public readonly record struct Column(string? Metric, string Help, double Factor = 1, bool IsGauge = false);

    /// <summary>Writes the columns that a device has; kernels add some at the end.</summary>
    public static void Write(NodeText text, IReadOnlyList<(string Device, double[] Values)> rows, IReadOnlyList<Column> columns)
    {
        for (int c = 0; c < columns.Count; c++)
        {
            if (columns[c] is not { Metric: { } name } column || !rows.Any(r => r.Values.Length > c))
                continue;
            text.Metric(name, column.IsGauge ? "gauge" : "counter", column.Help);
            foreach (var (device, values) in rows)
                if (values.Length > c)
                    text.Sample(values[c] * column.Factor, ("device", device));
        }
    }

    /// <summary>The numbers behind a device's name, as many as there are.</summary>
    public static double[] Numbers(ReadOnlySpan<byte> line, string source)
    {
        var values = new List<double>();
        for (line = line.TrimEnd(" \t\r"u8); !line.TrimStart(" \t"u8).IsEmpty;)
            values.Add(line.TakeNumber(source));
        return [.. values];
    }

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
