using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Vigie.Core.Metrics;
using Vigie.Core.Protobuf;
using Vigie.Core.RemoteWrite;
using Vigie.Hub.Accounts;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Ingest;

/// <summary>
/// Prometheus' remote write, 1.0 and 2.0. What is good of a request is stored; if something is not, the answer is a 400 that says
/// what, and no sender repeats it.
/// </summary>
static class RemoteWriteEndpoint
{
    public const string Path = "/api/v1/write";

    const string Plain = "application/x-protobuf", V1 = "prometheus.WriteRequest", V2 = "io.prometheus.write.v2.Request",
        Written = "X-Prometheus-Remote-Write-Samples-Written", HistogramsWritten = "X-Prometheus-Remote-Write-Histograms-Written",
        ExemplarsWritten = "X-Prometheus-Remote-Write-Exemplars-Written";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(Path, HandleAsync);

    static async Task HandleAsync(HttpContext context, [FromServices] SampleIngest ingest, [FromServices] HubOptions options)
    {
        string type = context.Request.ContentType ?? "";
        if (Version(type) is not { } version)
        {
            await FailAsync(context, 415, $"Content-Type is \"{type}\"; send {Plain}, {Plain};proto={V1} or {Plain};proto={V2}");
            return;
        }
        if (version == RemoteWriteVersion.V2)
            Tell(context, 0);
        string encoding = RequestBody.Encoding(context);
        if (encoding != "snappy")
        {
            await FailAsync(context, 415, $"Content-Encoding is \"{encoding}\"; send snappy (its block format)");
            return;
        }
        try
        {
            var taken = await TakeAsync(context, ingest, version, options.Ingest.MaxBody.Bytes);
            if (version == RemoteWriteVersion.V2)
                Tell(context, taken.Written);
            if (taken.Refused == 0)
                context.Response.StatusCode = 204;
            else
                await FailAsync(context, 400, $"{taken.Written} samples were stored, {taken.Refused} were not: {taken.Reason}");
        }
        catch (RefusedBodyException e)
        {
            await FailAsync(context, e.Status, e.Message);
        }
        catch (ForeignHostException e)
        {
            await FailAsync(context, 403, e.Message);
        }
        catch (WireFormatException e)
        {
            await FailAsync(context, 400,
                $"the body is no {(version == RemoteWriteVersion.V1 ? V1 : V2)}: {e.Message}; nothing was stored");
        }
        catch (StoreUnavailableException)
        {
            context.Response.Headers.RetryAfter = SampleIngest.RetryAfter;
            await FailAsync(context, 503, SampleIngest.Unavailable);
        }
    }

    static async ValueTask<Taken> TakeAsync(HttpContext context, SampleIngest ingest, RemoteWriteVersion version, long limit)
    {
        PooledBytes request;
        using (var body = await RequestBody.ReadAsync(context, limit))
            request = RequestBody.Unsnap(body.Written.Span, limit);
        using (request)
            return await ingest.TakeAsync(request.Written, version, RequestBody.FallbackHost(context), context.RequestAborted,
                HostBound.Of(context.User));
    }

    /// <summary>The message that a content type announces, null when it is none of ours.</summary>
    static RemoteWriteVersion? Version(string contentType)
    {
        if (contentType is Plain)
            return RemoteWriteVersion.V1;
        if (contentType is $"{Plain};proto={V2}")
            return RemoteWriteVersion.V2;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !type.MediaType.Equals(Plain, StringComparison.OrdinalIgnoreCase))
            return null;
        var proto = type.Parameters.FirstOrDefault(p => p.Name.Equals("proto", StringComparison.OrdinalIgnoreCase));
        return proto is null ? RemoteWriteVersion.V1
            : HeaderUtilities.RemoveQuotes(proto.Value).Value switch
            {
                V1 => RemoteWriteVersion.V1,
                V2 => RemoteWriteVersion.V2,
                _ => null,
            };
    }

    /// <summary>By these headers a sender of 2.0 sees what was stored, and that the receiver speaks 2.0 at all.</summary>
    static void Tell(HttpContext context, int samples)
    {
        var headers = context.Response.Headers;
        headers[Written] = samples.ToString(CultureInfo.InvariantCulture);
        headers[HistogramsWritten] = headers[ExemplarsWritten] = "0";
    }

    static Task FailAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(message + "\n", context.RequestAborted);
    }
}
