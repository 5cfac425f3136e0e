using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Vigie.Core.Metrics;
using Vigie.Storage;

namespace Vigie.Hub.Api;

/// <summary>Which series and labels there are, as Prometheus' API tells it.</summary>
static class SeriesEndpoints
{
    static readonly string[] Methods = ["GET", "POST"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/v1/series", Methods, (HttpContext context, [FromServices] ISeriesSource source) =>
            ApiCall.AnswerAsync(context, request => SeriesAsync(request, source)));
        routes.MapMethods("/api/v1/labels", Methods, (HttpContext context, [FromServices] ISeriesSource source) =>
            ApiCall.AnswerAsync(context, request => NamesAsync(request, source)));
        routes.MapGet("/api/v1/label/{name}/values", (HttpContext context, string name, [FromServices] ISeriesSource source) =>
            ApiCall.AnswerAsync(context, request => ValuesAsync(request, Unescaped(name), source)));
        routes.MapGet("/api/v1/metadata", (HttpContext context, [FromServices] MetricStore store) =>
            ApiCall.AnswerAsync(context, request => MetadataAsync(request, store)));
    }

    static async Task SeriesAsync(ApiRequest request, ISeriesSource source)
    {
        var selections = request.Matches();
        if (selections.Count == 0)
            throw ApiException.Bad("no match[] parameter provided");
        var series = await source.SeriesAsync(selections, request.Http.RequestAborted);
        await using var writer = new ApiWriter(request.Http);
        await writer.ListAsync(series, request.Limit(), writer.Metric);
    }

    static async Task NamesAsync(ApiRequest request, ISeriesSource source)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var series in await SelectedAsync(request, source))
            foreach (var label in series.Span)
                names.Add(label.Name);
        await WriteAsync(request, names);
    }

    static async Task ValuesAsync(ApiRequest request, string name, ISeriesSource source)
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var series in await SelectedAsync(request, source))
            if (series[name] is { Length: > 0 } value)
                values.Add(value);
        await WriteAsync(request, values);
    }

    static async Task<IReadOnlyList<Labels>> SelectedAsync(ApiRequest request, ISeriesSource source)
    {
        var selections = request.Matches();
        return await source.SeriesAsync(selections.Count > 0 ? selections : [request.Everything()], request.Http.RequestAborted);
    }

    static async Task WriteAsync(ApiRequest request, SortedSet<string> texts)
    {
        await using var writer = new ApiWriter(request.Http);
        await writer.ListAsync<string>([.. texts], request.Limit(), writer.Json.WriteStringValue);
    }

    static async Task MetadataAsync(ApiRequest request, MetricStore store)
    {
        string only = request.Text("metric");
        int limit = request.Limit();
        await using var writer = new ApiWriter(request.Http);
        var json = writer.Json;
        json.WriteStartObject("data"u8);
        foreach (var (name, metric) in store.Metrics().Where(m => only.Length == 0 || m.Key == only)
            .OrderBy(m => m.Key, StringComparer.Ordinal).Take(limit))
        {
            json.WriteStartArray(name);
            json.WriteStartObject();
            json.WriteString("type"u8, metric.Kind == MetricKind.Counter ? "counter"u8 : "gauge"u8);
            json.WriteString("help"u8, metric.Help);
            json.WriteString("unit"u8, metric.Unit);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
        await writer.EndAsync([], []);
    }

    /// <summary>A name that is no plain word comes as Prometheus escapes it in an address: <c>U__http_2e_status</c>.</summary>
    static string Unescaped(string name)
    {
        const string Mark = "U__";
        if (!name.StartsWith(Mark, StringComparison.Ordinal))
            return name;
        var text = new StringBuilder();
        for (int i = Mark.Length; i < name.Length; i++)
        {
            if (name[i] != '_')
            {
                text.Append(name[i]);
                continue;
            }
            if (i + 1 < name.Length && name[i + 1] == '_')
            {
                text.Append(name[i++]);
                continue;
            }
            int end = name.IndexOf('_', i + 1);
            if (end < 0 || !int.TryParse(name.AsSpan(i + 1, end - i - 1), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out int rune) || !Rune.IsValid(rune))
                return name;
            text.Append(new Rune(rune).ToString());
            i = end;
        }
        return text.ToString();
    }
}
