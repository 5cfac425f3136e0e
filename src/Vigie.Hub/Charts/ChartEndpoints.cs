using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;
using Vigie.Hub.Web;

namespace Vigie.Hub.Charts;

/// <summary>Charts by address: pictures for wikis and mails, values for the crosshair, fragments for the page.</summary>
static class ChartEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/charts/{host}/{chart}.svg",
            (HttpContext context, string host, string chart, [FromServices] ChartReader reader, CancellationToken ct) =>
            reader.WithAsync(context, host, chart, request =>
            {
                context.Response.Headers.ContentSecurityPolicy = SecurityHeaders.Picture;
                return Results.Text(SvgWriter.Document(request.Scene, request.Dark), "image/svg+xml", Encoding.UTF8);
            }, ct));
        routes.MapGet("/charts/{host}/{chart}.png",
            (HttpContext context, string host, string chart, [FromServices] ChartReader reader, CancellationToken ct) =>
            reader.WithAsync(context, host, chart, request => PngPainter.Paint(request.Scene, request.Dark) is { } png
                ? Results.Bytes(png, "image/png")
                : Results.Problem("the hub's machine has no font to write labels with; install one, such as fonts-dejavu-core, or ask for .svg",
                    statusCode: 503), ct));
        routes.MapGet("/charts/{host}/{chart}.json",
            (HttpContext context, string host, string chart, [FromServices] ChartReader reader, CancellationToken ct) =>
            reader.WithAsync(context, host, chart, request => Results.Json(Values(request)), ct));
        routes.MapGet("/hosts/{name}/charts", FragmentsAsync);
    }

    /// <summary>Times and ready-made texts, so that a page's script need not know units and languages.</summary>
    static object Values(ChartRequest request) => new
    {
        from = request.Data.FromMs,
        to = request.Data.ToMs,
        times = Enumerable.Range(0, request.Data.Bins)
            .Select(i =>
                request.Texts.DateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(request.Data.MiddleMs(i)),
                    request.Zone))),
        curves = request.Data.Curves.Select(c =>
            c.Average.Select(v => double.IsNaN(v) ? "–" : Axis.Text(v, request.Data.Spec.Unit, request.Texts))),
    };

    static async Task<IResult> FragmentsAsync(HttpContext context, string name, [FromServices] HostDirectory hosts,
        [FromServices] ChartFigures figures, [FromServices] Viewer viewer, CancellationToken ct)
    {
        if (hosts.Find(name) is null)
            return Results.NotFound();
        var query = context.Request.Query;
        var range = ChartRange.Parse(query["range"], query["from"], query["to"], viewer.Now);
        return Results.Json(new
        {
            from = range.FromMs.ToString(CultureInfo.InvariantCulture),
            to = range.ToMs.ToString(CultureInfo.InvariantCulture),
            figures = await figures.AllAsync(name, range, viewer.Texts, viewer.Zone, ct),
        });
    }
}

/// <summary>A chart that was asked for by address, read and laid out.</summary>
sealed record ChartRequest(ChartData Data, ChartScene Scene, bool Dark, Texts Texts, TimeZoneInfo Zone);

sealed class ChartReader(ChartService charts, HostDirectory hosts, Viewer viewer)
{
    public async Task<IResult> WithAsync(HttpContext context, string host, string chart, Func<ChartRequest, IResult> answer,
        CancellationToken ct)
    {
        if (ChartCatalog.Find(chart) is not { } spec)
            return Results.Problem($"there is no chart \"{chart}\"; the charts are {string.Join(", ", ChartCatalog.All.Select(c => c.Id))}",
                statusCode: 404);
        if (hosts.Find(host) is null)
            return Results.Problem($"the host \"{host}\" is not known", statusCode: 404);
        var query = context.Request.Query;
        var texts = query["lang"].ToString() is "en" or "fr" ? Texts.Of(query["lang"]) : viewer.Texts;
        var zone = query["tz"].ToString() is { Length: > 0 } name ? Zones.Of(name) : viewer.Zone;
        var range = ChartRange.Parse(query["range"], query["from"], query["to"], viewer.Now);
        var data = await charts.ReadAsync(spec, host, range.FromMs, range.ToMs, ct);
        bool dark = query["theme"].ToString() is { Length: > 0 } theme ? theme == "dark" : viewer.Theme == "dark";
        return answer(new(data, ChartScene.Of(data, texts, zone), dark, texts, zone));
    }
}
