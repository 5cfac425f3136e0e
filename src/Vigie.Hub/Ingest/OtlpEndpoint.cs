using Microsoft.AspNetCore.Mvc;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Core.Protobuf;
using Vigie.Hub.Accounts;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Ingest;

/// <summary>OTLP/HTTP for metrics: protobuf and JSON, each answered in its own kind, errors as <c>google.rpc.Status</c>.</summary>
static class OtlpEndpoint
{
    public const string Path = "/v1/metrics";

    const string Protobuf = "application/x-protobuf", Json = "application/json";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(Path, HandleAsync);

    static async Task HandleAsync(HttpContext context, [FromServices] SampleIngest ingest, [FromServices] HubOptions options)
    {
        string type = (context.Request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
        bool json = type == Json;
        if (!json && type != Protobuf)
        {
            await FailAsync(context, json: false, 415, $"Content-Type is \"{type}\"; send {Protobuf} or {Json}");
            return;
        }
        try
        {
            using var body = await ReadAsync(context, options.Ingest.MaxBody.Bytes);
            var taken = await ingest.TakeAsync(json ? OtlpJson.ToProtobuf(body.Written.Span) : body.Written,
                RequestBody.FallbackHost(context), context.RequestAborted, HostBound.Of(context.User));
            await ReplyAsync(context, json, 200, json
                ? OtlpReply.PartialJson(taken.Refused, taken.Reason)
                : OtlpReply.Partial(taken.Refused, taken.Reason));
        }
        catch (RefusedBodyException e)
        {
            await FailAsync(context, json, e.Status, e.Message);
        }
        catch (ForeignHostException e)
        {
            await FailAsync(context, json, 403, e.Message);
        }
        catch (WireFormatException e)
        {
            await FailAsync(context, json, 400, $"the body is no ExportMetricsServiceRequest: {e.Message}; nothing was stored");
        }
        catch (StoreUnavailableException)
        {
            context.Response.Headers.RetryAfter = SampleIngest.RetryAfter;
            await FailAsync(context, json, 503, SampleIngest.Unavailable);
        }
    }

    static async ValueTask<PooledBytes> ReadAsync(HttpContext context, long limit)
    {
        string encoding = RequestBody.Encoding(context);
        if (encoding is not ("" or "identity" or "gzip"))
            throw new RefusedBodyException(415, $"Content-Encoding is \"{encoding}\"; send gzip or none");
        var body = await RequestBody.ReadAsync(context, limit);
        if (encoding != "gzip")
            return body;
        using (body)
            return await RequestBody.UnzipAsync(body, limit, context.RequestAborted);
    }

    static Task FailAsync(HttpContext context, bool json, int status, string message) =>
        ReplyAsync(context, json, status, json ? OtlpReply.StatusJson(status, message) : OtlpReply.Status(status, message));

    static async Task ReplyAsync(HttpContext context, bool json, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = json ? Json : Protobuf;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
