using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Vigie.Hub.Charts;

/// <summary>
/// Paints a scene as SVG. The plot is stretched by an inner picture whose strokes keep their width; labels stand in the
/// outer one by percent, so that text never shrinks on a phone. Colours are CSS variables (<c>--s0</c> …).
/// </summary>
static class SvgWriter
{
    const int PlotHeight = 196, AxisHeight = 20;

    /// <summary>For a page: colours come from the page's style sheet.</summary>
    public static string Inline(ChartScene scene, string id)
    {
        var svg = new StringBuilder(8192);
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg class=\"chart-svg\" role=\"img\" aria-labelledby=\"{id}\" width=\"100%\" height=\"{PlotHeight + AxisHeight}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<title id=\"{id}\">{Encode(scene.Summary)}</title>");
        Plot(svg, scene, 0);
        return svg.Append("</svg>").ToString();
    }

    /// <summary>A document of its own, with title, legend and its own colours, 800 pixels wide.</summary>
    public static string Document(ChartScene scene, bool dark)
    {
        const int Top = 40, Width = 800;
        var rows = LegendRows(scene, Width - 32);
        int height = Top + PlotHeight + AxisHeight + 12 + (rows.Count * 20);
        var svg = new StringBuilder(8192);
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}">
            <title id="title">{Encode(scene.Summary)}</title>
            <style>{Palette.Css(dark)}</style>
            <rect width="100%" height="100%" class="card"/>
            <text x="16" y="26" class="title">{Encode(scene.Title)}</text>
            <svg x="16" y="{Top}" width="{Width - 32}" height="{PlotHeight + AxisHeight}">
            """);
        Plot(svg, scene, 0);
        svg.Append("</svg>");
        for (int row = 0; row < rows.Count; row++)
            foreach (var (x, entry) in rows[row])
            {
                int y = Top + PlotHeight + AxisHeight + 20 + (row * 20);
                svg.Append(CultureInfo.InvariantCulture,
                    $"<rect x=\"{x + 16}\" y=\"{y - 6}\" width=\"10\" height=\"3\" class=\"key s{entry.Color}\"/>");
                svg.Append(CultureInfo.InvariantCulture,
                    $"<text x=\"{x + 31}\" y=\"{y}\" class=\"tick\">{Encode(entry.Name)} <tspan class=\"value\">{Encode(entry.Last)}</tspan></text>");
            }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Legend entries, row by row, by an estimate of seven pixels a character.</summary>
    internal static List<List<(int X, LegendEntry Entry)>> LegendRows(ChartScene scene, int width)
    {
        var rows = new List<List<(int, LegendEntry)>>();
        int x = width + 1;
        foreach (var entry in scene.Legend)
        {
            int need = 34 + ((entry.Name.Length + entry.Last.Length + 1) * 7);
            if (x + need > width)
            {
                rows.Add([]);
                x = 0;
            }
            rows[^1].Add((x, entry));
            x += need;
        }
        return rows;
    }

    static void Plot(StringBuilder svg, ChartScene scene, int y)
    {
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg class=\"plot\" y=\"{y}\" width=\"100%\" height=\"{PlotHeight}\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\">");
        foreach (var (from, to, severity, rule) in scene.Bands)
            svg.Append(CultureInfo.InvariantCulture,
                $"<rect class=\"band {severity}\" x=\"{N(from * 1000)}\" y=\"0\" "
                + $"width=\"{N(Math.Max(2, (to - from) * 1000))}\" height=\"1000\"><title>{Encode(rule)}</title></rect>");
        foreach (var tick in scene.YTicks)
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"grid\" d=\"M0 {N(1000 - (tick.At * 1000))}H1000\"/>");
        svg.Append("<path class=\"grid\" d=\"M0 1000H1000\"/>");
        foreach (var shape in scene.Shapes)
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{Class(shape.Role)} s{shape.Color}\" d=\"")
                .Append(Path(shape))
                .Append("\"/>");
        foreach (var (at, severity) in scene.Thresholds)
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"threshold {severity}\" d=\"M0 {N(1000 - (at * 1000))}H1000\"/>");
        svg.Append("</svg>");
        foreach (var tick in scene.YTicks)
            svg.Append(CultureInfo.InvariantCulture,
                $"<text class=\"tick\" x=\"3\" y=\"{N(y + ((1 - tick.At) * PlotHeight) + 13)}\">{Encode(tick.Text)}</text>");
        foreach (var tick in scene.XTicks)
            svg.Append(CultureInfo.InvariantCulture,
                $"<text class=\"tick\" x=\"{N(tick.At * 100)}%\" y=\"{y + PlotHeight + 15}\" "
                + $"text-anchor=\"{(tick.At < 0.04 ? "start" : tick.At > 0.96 ? "end" : "middle")}\">{Encode(tick.Text)}</text>");
    }

    static string Class(ShapeRole role) =>
        role switch { ShapeRole.Area => "area", ShapeRole.Range => "range", ShapeRole.Peak => "peak", _ => "line" };

    static string Path(Shape shape)
    {
        var path = new StringBuilder(shape.Spots.Count * 10);
        for (int i = 0; i < shape.Spots.Count; i++)
            path.Append(i == 0 ? 'M' : i == 1 ? 'L' : ' ')
                .Append(N(shape.Spots[i].X * 1000))
                .Append(' ')
                .Append(N(1000 - (shape.Spots[i].Y * 1000)));
        return shape.Role is ShapeRole.Area or ShapeRole.Range ? path.Append('Z').ToString() : path.ToString();
    }

    static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
