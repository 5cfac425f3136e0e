using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Vigie.Hub.Web;

namespace Vigie.Hub.Charts;

/// <summary>The charts of a page, as HTML: title, picture, legend, and a table that a screen reader can read.</summary>
sealed class ChartFigures(ChartService charts)
{
    const int TableRows = 12;

    public async Task<IReadOnlyDictionary<string, string>> AllAsync(string host, ChartRange range, Texts texts,
        TimeZoneInfo zone, CancellationToken ct)
    {
        var figures = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var spec in ChartCatalog.All)
        {
            var data = await charts.ReadAsync(spec, host, range.FromMs, range.ToMs, ct);
            if (spec.OnlyWithData && data.IsEmpty)
                continue;
            figures[spec.Id] = Figure(data, ChartScene.Of(data, texts, zone), texts, zone);
        }
        return figures;
    }

    internal static string Figure(ChartData data, ChartScene scene, Texts texts, TimeZoneInfo zone)
    {
        var html = new StringBuilder(16_384);
        html.Append(CultureInfo.InvariantCulture,
            $"<figure class=\"chart card\" id=\"{data.Spec.Id}\" data-chart=\"{data.Spec.Id}\" tabindex=\"0\"><figcaption>{Encode(scene.Title)}</figcaption>");
        html.Append("<div class=\"frame\">").Append(SvgWriter.Inline(scene, $"chart-{data.Spec.Id}"));
        if (scene.IsEmpty)
            html.Append("<p class=\"no-data\">").Append(Encode(texts["no data"])).Append("</p>");
        html.Append("</div><ul class=\"legend\">");
        foreach (var entry in scene.Legend)
            html.Append(CultureInfo.InvariantCulture,
                $"<li class=\"s{entry.Color}\">{Encode(entry.Name)} <output>{Encode(entry.Last)}</output></li>");
        html.Append("</ul>");
        Table(html, data, scene, texts, zone);
        return html.Append("</figure>").ToString();
    }

    static void Table(StringBuilder html, ChartData data, ChartScene scene, Texts texts, TimeZoneInfo zone)
    {
        html.Append("<table class=\"for-readers\"><caption>")
            .Append(Encode(scene.Title))
            .Append("</caption><thead><tr><th>")
            .Append(Encode(texts["Time"]))
            .Append("</th>");
        foreach (var entry in scene.Legend)
            html.Append("<th>").Append(Encode(entry.Name)).Append("</th>");
        html.Append("</tr></thead><tbody>");
        for (int row = 0; row < TableRows; row++)
        {
            int first = row * data.Bins / TableRows, last = (row + 1) * data.Bins / TableRows;
            html.Append("<tr><th>")
                .Append(Encode(texts.DateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(data.MiddleMs(first)),
                    zone))))
                .Append("</th>");
            foreach (var curve in data.Curves)
            {
                var values = curve.Average[first..last].Where(v => !double.IsNaN(v)).ToList();
                html.Append("<td>")
                    .Append(Encode(values.Count == 0 ? "–" : Axis.Text(values.Average(), data.Spec.Unit, texts)))
                    .Append("</td>");
            }
            html.Append("</tr>");
        }
        html.Append("</tbody></table>");
    }

    static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
