using System.Globalization;
using System.Text;
using Vigie.Core.Metrics;

namespace Vigie.Hub.Export;

/// <summary>A text format that samples are written in.</summary>
abstract class SampleFormat
{
    /// <summary>Whether all series of a metric must stand together; otherwise those of a host do.</summary>
    public abstract bool IsByMetric { get; }

    public abstract void Begin(StringBuilder to);

    /// <summary>Comes before the first series of a metric when they stand together.</summary>
    public abstract void Metric(StringBuilder to, string name, MetricInfo? metric);

    public abstract void Series(StringBuilder to, SeriesSamples series);

    public abstract void End(StringBuilder to);

    /// <summary>The shortest digits that give the same double back. Infinities and NaN as Prometheus and Python read them.</summary>
    protected static string Number(double value) => double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A name that any parser takes, and that no other name becomes: Prometheus' escaping of values, <c>U__</c>.</summary>
    protected static string Name(string name, bool isMetric)
    {
        bool IsGood(char c, bool first) => char.IsAsciiLetter(c) || c == '_' || (isMetric && c == ':') || (!first && char.IsAsciiDigit(c));
        if (name.Length > 0 && IsGood(name[0], first: true) && name.All(c => IsGood(c, first: false)))
            return name;
        var escaped = new StringBuilder("U__");
        foreach (var rune in name.EnumerateRunes())
            if (rune.Value == '_')
                escaped.Append("__");
            else if (rune.IsAscii && IsGood((char)rune.Value, first: false))
                escaped.Append((char)rune.Value);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"_{rune.Value:X}_");
        return escaped.ToString();
    }
}
