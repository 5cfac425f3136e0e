using Vigie.Hub.Web;

namespace Vigie.Hub.Charts;

/// <summary>A point of the plot: both coordinates 0 to 1, y from the bottom up.</summary>
readonly record struct Spot(double X, double Y);

/// <summary>A closed shape (area) or an open one (line), in one colour. A gap in the data ends a shape.</summary>
/// <param name="Color">Number of the curve's colour, 0 to 7.</param>
sealed record Shape(int Color, IReadOnlyList<Spot> Spots, ShapeRole Role);

enum ShapeRole
{
    /// <summary>The filled part of a stack.</summary>
    Area,

    /// <summary>Between least and greatest of each bin.</summary>
    Range,

    Line,

    /// <summary>The greatest sum of a stack within each bin.</summary>
    Peak,
}

sealed record LegendEntry(int Color, string Name, string Last);

/// <summary>
/// The one layout of a chart, in shares of the plot; SVG and PNG paint the same scene.
/// </summary>
sealed record ChartScene(string Title, string Summary, IReadOnlyList<Tick> XTicks, IReadOnlyList<Tick> YTicks, IReadOnlyList<Shape> Shapes,
    IReadOnlyList<(double Y, string Severity)> Thresholds, IReadOnlyList<(double From, double To, string Severity, string Rule)> Bands,
    IReadOnlyList<LegendEntry> Legend, bool IsEmpty)
{
    const int Colors = 8;

    public static ChartScene Of(ChartData data, Texts texts, TimeZoneInfo zone)
    {
        bool stacked = data.Spec.Kind == ChartKind.Stacked;
        double[] peak = stacked ? Peak(data) : [];
        double most = stacked ? peak.Where(double.IsFinite).DefaultIfEmpty(0).Max()
            : data.Curves.SelectMany(c => c.Greatest).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        var (end, yTicks) = Axis.Values(Math.Max(most, data.Limit ?? 0), data.Spec.Unit, texts);
        var legend = data.Curves.Select((c, i) =>
            new LegendEntry(i % Colors, Label(c.Name, texts), c.Last is { } last ? Axis.Text(last, data.Spec.Unit, texts) : "–")).ToList();
        string title = texts[data.Spec.Title];
        return new(title,
            $"{title}, {data.Host}: {(legend.Count == 0 ? texts["no data"] : string.Join(", ", legend.Select(l => $"{l.Name} {l.Last}")))}",
            Axis.Times(data.FromMs, data.ToMs, zone, texts), yTicks, stacked ? Stack(data, peak, end) : Lines(data, end),
            [.. data.Thresholds.Where(t => t.Value <= end).Select(t => (t.Value / end, t.Severity))],
            [.. data.Bands.Select(b => (Share(data, b.FromMs), Share(data, b.ToMs), b.Severity, b.Rule))], legend, data.IsEmpty);
    }

    /// <summary>States and directions are words of ours and are translated; device names and mount points are not.</summary>
    static string Label(string name, Texts texts) =>
        texts[name] is var whole && whole != name ? whole : string.Join(' ', name.Split(' ').Select(w => texts[w]));

    static double Share(ChartData data, long ms) => Math.Clamp((double)(ms - data.FromMs) / (data.ToMs - data.FromMs), 0, 1);

    static double[] Peak(ChartData data)
    {
        var peak = new double[data.Bins];
        for (int i = 0; i < peak.Length; i++)
            peak[i] = data.Curves.Any(c => !double.IsNaN(c.Greatest[i]))
                ? data.Curves.Sum(c => double.IsNaN(c.Greatest[i]) ? 0 : c.Greatest[i])
                : double.NaN;
        return peak;
    }

    static List<Shape> Lines(ChartData data, double end)
    {
        var shapes = new List<Shape>();
        for (int c = 0; c < data.Curves.Count; c++)
        {
            var curve = data.Curves[c];
            foreach (var (from, to) in Runs(curve.Average))
            {
                if (Enumerable.Range(from, to - from).Any(i => curve.Greatest[i] > curve.Least[i]))
                    shapes.Add(new(c % Colors, Closed(data, from, to, end, i => curve.Least[i], i => curve.Greatest[i]), ShapeRole.Range));
                shapes.Add(new(c % Colors, Open(data, from, to, end, i => curve.Average[i]), ShapeRole.Line));
            }
        }
        return shapes;
    }

    /// <summary>The highest layer first, each down to the axis: layers cover each other, and colours never mix.</summary>
    static List<Shape> Stack(ChartData data, double[] peak, double end)
    {
        var shapes = new List<Shape>();
        var tops = new double[data.Curves.Count][];
        for (int c = 0; c < data.Curves.Count; c++)
        {
            tops[c] = [.. data.Curves[c].Average];
            for (int i = 0; c > 0 && i < data.Bins; i++)
                tops[c][i] = double.IsNaN(tops[c][i]) ? tops[c - 1][i] : tops[c][i] + (double.IsNaN(tops[c - 1][i]) ? 0 : tops[c - 1][i]);
        }
        for (int c = data.Curves.Count - 1; c >= 0; c--)
        {
            var top = tops[c];
            foreach (var (from, to) in Runs(top))
            {
                shapes.Add(new(c % Colors, Closed(data, from, to, end, _ => 0, i => top[i]), ShapeRole.Area));
                shapes.Add(new(c % Colors, Open(data, from, to, end, i => top[i]), ShapeRole.Line));
            }
        }
        if (tops.Length > 0 && Enumerable.Range(0, data.Bins).Any(i => peak[i] > tops[^1][i] * 1.001))
            foreach (var (from, to) in Runs(peak))
                shapes.Add(new(0, Open(data, from, to, end, i => peak[i]), ShapeRole.Peak));
        return shapes;
    }

    /// <summary>Stretches without a gap.</summary>
    static IEnumerable<(int From, int To)> Runs(double[] values)
    {
        for (int i = 0; i < values.Length;)
        {
            if (double.IsNaN(values[i]))
            {
                i++;
                continue;
            }
            int from = i;
            while (i < values.Length && !double.IsNaN(values[i]))
                i++;
            yield return (from, i);
        }
    }

    static Spot At(ChartData data, int bin, double value, double end) => new((bin + 0.5) / data.Bins, Math.Clamp(value / end, 0, 1));

    /// <summary>A run of one bin gets a width, or it could not be seen.</summary>
    static List<Spot> Open(ChartData data, int from, int to, double end, Func<int, double> value)
    {
        var spots = Enumerable.Range(from, to - from).Select(i => At(data, i, value(i), end)).ToList();
        if (spots.Count == 1)
            spots = [spots[0] with { X = (from + 0.0) / data.Bins }, spots[0] with { X = (from + 1.0) / data.Bins }];
        return spots;
    }

    static List<Spot> Closed(ChartData data, int from, int to, double end, Func<int, double> bottom, Func<int, double> top)
    {
        var upper = Open(data, from, to, end, top);
        var lower = Open(data, from, to, end, bottom);
        lower.Reverse();
        return [.. upper, .. lower];
    }
}
