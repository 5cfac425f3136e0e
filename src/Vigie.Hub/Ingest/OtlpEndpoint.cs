using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Mvc;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Accounts;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Ingest;

/// <summary>OTLP/HTTP for metrics: protobuf and JSON, each answered in its own kind, errors as <c>google.rpc.Status</c>.</summary>
static class OtlpEndpoint
{
    const string Protobuf = "application/x-protobuf", Json = "application/json";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/metrics", HandleAsync);

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
            var body = await ReadBodyAsync(context, options.Ingest.MaxBody.Bytes);
            if (json)
                body = OtlpJson.ToProtobuf(body.Span);
            var taken = await ingest.TakeAsync(body, FallbackHost(context), context.RequestAborted);
            await ReplyAsync(context, json, 200, json ? OtlpReply.PartialJson(taken.Refused, taken.Reason) : OtlpReply.Partial(taken.Refused, taken.Reason));
        }
        catch (BodyException e)
        {
            await FailAsync(context, json, e.Status, e.Message);
        }
        catch (OtlpFormatException e)
        {
            await FailAsync(context, json, 400, $"the body is no ExportMetricsServiceRequest: {e.Message}; nothing was stored");
        }
        catch (StoreUnavailableException)
        {
            context.Response.Headers.RetryAfter = "30";
            await FailAsync(context, json, 503, "the hub can't store samples now (see its log); nothing of this request was stored, send it again");
        }
    }

    /// <summary>A sender that tells no host is known by its token's name, or by its address.</summary>
    static string FallbackHost(HttpContext context) =>
        context.User.FindFirst(Claims.Token)?.Value ?? context.Connection.RemoteIpAddress?.MapToIPv4().ToString() ?? "unknown";

    static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext context, long limit)
    {
        string encoding = context.Request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        using var stream = encoding switch
        {
            "" or "identity" => context.Request.Body,
            "gzip" => new GZipStream(context.Request.Body, CompressionMode.Decompress),
            _ => throw new BodyException(415, $"Content-Encoding is \"{encoding}\"; send gzip or none"),
        };
        using var body = new MemoryStream();
        byte[] chunk = ArrayPool<byte>.Shared.Rent(81_920);
        try
        {
            for (int read; (read = await stream.ReadAsync(chunk, context.RequestAborted)) > 0;)
            {
                if (body.Length + read > limit)
                    throw new BodyException(413, $"the body is larger than {new ByteSize(limit)} after decompression (Ingest:MaxBody); send less at once");
                body.Write(chunk, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            throw new BodyException(400, "the body is not gzip, though Content-Encoding says so; nothing was stored");
        }
        catch (BadHttpRequestException e)
        {
            throw new BodyException(e.StatusCode, e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
        return body.GetBuffer().AsMemory(0, (int)body.Length);
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

    sealed class BodyException(int status, string message) : Exception(message)
    {
        public int Status { get; } = status;
    }
}
