using System.Buffers;
using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
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

    static readonly byte[] End = "end of the body"u8.ToArray(), ZippedEnd = Zip(End);

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
            await ReplyAsync(context, json, 200, json
                ? OtlpReply.PartialJson(taken.Refused, taken.Reason)
                : OtlpReply.Partial(taken.Refused, taken.Reason));
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
            await FailAsync(context, json, 503,
                "the hub can't store samples now (see its log); nothing of this request was stored, send it again");
        }
    }

    /// <summary>A sender that tells no host is known by its token's name, or by its address.</summary>
    static string FallbackHost(HttpContext context) =>
        context.User.FindFirst(Claims.Token)?.Value ?? Address(context.Connection.RemoteIpAddress);

    static string Address(IPAddress? peer) => peer is null ? "unknown" : (peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer).ToString();

    static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext context, long limit)
    {
        string encoding = context.Request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        if (encoding is not ("" or "identity" or "gzip"))
            throw new BodyException(415, $"Content-Encoding is \"{encoding}\"; send gzip or none");
        // Counted here and not by the server, which breaks the connection where the sender should read why.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        using var body = new MemoryStream();
        try
        {
            await CopyAsync(context.Request.Body, body, limit, limit, context.RequestAborted);
            return encoding == "gzip" ? await UnzipAsync(body, limit, context.RequestAborted) : Content(body);
        }
        catch (BadHttpRequestException e)
        {
            throw new BodyException(e.StatusCode, e.Message);
        }
    }

    /// <summary>
    /// .NET takes a gzip stream that was cut for one that has ended. So one more member is put behind the body: it comes out
    /// behind the content only when the body was whole.
    /// </summary>
    static async Task<ReadOnlyMemory<byte>> UnzipAsync(MemoryStream zipped, long limit, CancellationToken ct)
    {
        zipped.Write(ZippedEnd);
        zipped.Position = 0;
        using var gzip = new GZipStream(zipped, CompressionMode.Decompress);
        using var body = new MemoryStream();
        try
        {
            await CopyAsync(gzip, body, limit + End.Length, limit, ct);
        }
        catch (InvalidDataException)
        {
            throw NotGzip();
        }
        var content = Content(body);
        return content.Span.EndsWith(End) ? content[..^End.Length] : throw NotGzip();
    }

    static ReadOnlyMemory<byte> Content(MemoryStream stream) => stream.GetBuffer().AsMemory(0, (int)stream.Length);

    static async Task CopyAsync(Stream from, MemoryStream to, long most, long limit, CancellationToken ct)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(81_920);
        try
        {
            for (int read; (read = await from.ReadAsync(chunk, ct)) > 0;)
            {
                if (to.Length + read > most)
                    throw new BodyException(413,
                        $"the body is larger than {new ByteSize(limit)} after decompression (Ingest:MaxBody); send less at once");
                to.Write(chunk, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    static byte[] Zip(byte[] content)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
            gzip.Write(content);
        return zipped.ToArray();
    }

    static BodyException NotGzip() => new(400, "the body is not whole gzip, though Content-Encoding says so; nothing was stored");

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
