using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vigie.Benchmarks.Store;

/// <summary>Two answers of Prometheus' API to one question, point by point.</summary>
static class Answers
{
    /// <summary>Prints the largest relative difference of two values, and how many points only one of them has.</summary>
    public static void Compare(string first, string second, TextWriter to)
    {
        var (mine, other) = (Points(first), Points(second));
        double largest = 0;
        long alone = 0;
        foreach (string key in mine.Keys.Union(other.Keys))
        {
            if (!mine.TryGetValue(key, out double a) || !other.TryGetValue(key, out double b))
                alone++;
            else if (!a.Equals(b) && a != b)
                largest = Math.Max(largest, Math.Abs(a - b) / Math.Max(Math.Abs(a), Math.Abs(b)));
        }
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{largest:g3}\t{alone}"));
    }

    static Dictionary<string, double> Points(string file)
    {
        using var answer = JsonDocument.Parse(File.ReadAllBytes(file));
        var points = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var series in answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            var labels = new StringBuilder();
            foreach (var label in series.GetProperty("metric").EnumerateObject().OrderBy(l => l.Name, StringComparer.Ordinal))
                labels.Append(label.Name).Append('=').Append(label.Value.GetString()).Append(' ');
            foreach (var point in series.GetProperty("values").EnumerateArray())
                points[$"{labels}@{point[0].GetDouble()}"] = double.Parse(point[1].GetString()!, CultureInfo.InvariantCulture);
        }
        return points;
    }
}
