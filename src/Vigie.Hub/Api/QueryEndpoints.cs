using Microsoft.AspNetCore.Mvc;
using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.PromQL.Ast;

namespace Vigie.Hub.Api;

/// <summary>Questions in PromQL, as Prometheus' API has them.</summary>
static class QueryEndpoints
{
    static readonly string[] Methods = ["GET", "POST"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/v1/query", Methods, (HttpContext context, [FromServices] ISeriesSource source,
            [FromServices] QueryOptions options) => ApiCall.AnswerAsync(context, request => InstantAsync(request, source, options)));
        routes.MapMethods("/api/v1/query_range", Methods, (HttpContext context, [FromServices] ISeriesSource source,
            [FromServices] QueryOptions options) => ApiCall.AnswerAsync(context, request => RangeAsync(request, source, options)));
        routes.MapMethods("/api/v1/query_exemplars", Methods, (HttpContext context) =>
            ApiCall.AnswerAsync(context, ExemplarsAsync));
        routes.MapMethods("/api/v1/format_query", Methods, (HttpContext context) => ApiCall.AnswerAsync(context, FormatAsync));
    }

    static async Task InstantAsync(ApiRequest request, ISeriesSource source, QueryOptions options)
    {
        long time = request.TimeMs("time", options.Time.GetUtcNow().ToUnixTimeMilliseconds());
        var (limit, engine) = (request.Limit(), Engine(request, source, options));
        var result = await engine.InstantAsync(request.Query(), time, request.Http.RequestAborted);
        await using var writer = new ApiWriter(request.Http);
        await writer.ResultAsync(result, limit);
    }

    static async Task RangeAsync(ApiRequest request, ISeriesSource source, QueryOptions options)
    {
        long start = request.TimeMs("start", null), end = request.TimeMs("end", null);
        if (end < start)
            throw ApiException.BadParameter("end", "end timestamp must not be before start time");
        long step = request.Duration("step") is { } duration ? (long)duration.TotalMilliseconds
            : throw ApiException.BadParameter("step", "it is missing; write seconds or a duration such as 30s");
        if (step <= 0)
        {
            throw ApiException.BadParameter("step",
                "zero or negative query resolution step widths are not accepted. Try a positive integer");
        }
        if ((end - start) / step >= options.MaxSteps)
        {
            throw ApiException.Bad($"exceeded maximum resolution of {options.MaxSteps:N0} points per timeseries. "
                + "Try decreasing the query resolution (?step=XX)");
        }
        var (query, limit) = (request.Query(), request.Limit());
        if (query.Kind is not (ValueKind.Scalar or ValueKind.InstantVector))
        {
            throw ApiException.BadParameter("query",
                $"invalid expression type {TypeName(query.Kind)} for range query, must be Scalar or instant Vector");
        }
        var result = await Engine(request, source, options).RangeAsync(query, start, end, step, request.Http.RequestAborted);
        await using var writer = new ApiWriter(request.Http);
        await writer.ResultAsync(result, limit);
    }

    /// <summary>Exemplars are not stored.</summary>
    static async Task ExemplarsAsync(ApiRequest request)
    {
        request.Query();
        await using var writer = new ApiWriter(request.Http);
        await writer.ListAsync<string>([], int.MaxValue, _ => { });
    }

    static async Task FormatAsync(ApiRequest request)
    {
        string text = request.Query().ToString();
        await using var writer = new ApiWriter(request.Http);
        writer.Json.WriteString("data"u8, text);
        await writer.EndAsync([], []);
    }

    /// <summary>A request may ask for less time and another lookback than the settings have.</summary>
    static QueryEngine Engine(ApiRequest request, ISeriesSource source, QueryOptions options)
    {
        var (timeout, lookback) = (request.Duration("timeout"), request.Duration("lookback_delta"));
        if (timeout is { } wanted && wanted > TimeSpan.Zero && wanted < options.Timeout)
            options = options with { Timeout = wanted };
        if (lookback <= TimeSpan.Zero)
            throw ApiException.BadParameter("lookback_delta", "it must be longer than 0");
        if (lookback is { } back)
            options = options with { Lookback = back };
        return new(source, options);
    }

    static string TypeName(ValueKind kind) => kind == ValueKind.RangeVector ? "range vector" : "string";
}
