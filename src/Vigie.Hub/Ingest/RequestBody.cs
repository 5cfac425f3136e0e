using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Snappier;
using Vigie.Hub.Accounts;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Ingest;

/// <summary>A body that is not read: the answer's status, and why.</summary>
sealed class RefusedBodyException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>
/// Reads the bodies of all protocols that bring samples. Each is bounded before and after decompression, and stands in memory
/// that is lent: what was read is to be disposed of.
/// </summary>
static class RequestBody
{
    /// <summary>The first loan; a larger one is taken as bytes come, for a length that is only announced must cost nothing.</summary>
    const int FirstLoan = 64 << 10;

    /// <summary>A copy of 64 bytes takes three, and no element of a snappy block says more.</summary>
    const int MostOfSnappy = 22;

    static readonly byte[] End = "end of the body"u8.ToArray(), ZippedEnd = Zip(End);

    /// <summary>A sender that tells no host is known by its token's name, or by its address.</summary>
    public static string FallbackHost(HttpContext context) =>
        HostBound.Of(context.User) ?? context.User.FindFirst(Claims.Token)?.Value ?? Address(context.Connection.RemoteIpAddress);

    /// <summary>The header in lower case, empty when there is none.</summary>
    public static string Encoding(HttpContext context) => context.Request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();

    /// <exception cref="RefusedBodyException">413 past the limit, or what the server says of a broken request.</exception>
    public static async ValueTask<PooledBytes> ReadAsync(HttpContext context, long limit)
    {
        // Counted here and not by the server, which breaks the connection where the sender should read why.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var body = new PooledBytes((int)Math.Clamp(context.Request.ContentLength ?? FirstLoan, 1, FirstLoan));
        var reader = context.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(context.RequestAborted);
                bool fits = body.Length + read.Buffer.Length <= limit;
                foreach (var segment in fits ? read.Buffer : default)
                    body.Write(segment.Span);
                reader.AdvanceTo(read.Buffer.End);
                if (!fits)
                    throw TooLarge(limit);
                if (read.IsCompleted)
                    return body;
            }
        }
        catch (BadHttpRequestException e)
        {
            body.Dispose();
            throw new RefusedBodyException(e.StatusCode, e.Message);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>A snappy block (not the framed format).</summary>
    /// <exception cref="RefusedBodyException">413 past the limit, 400 when it is no whole block.</exception>
    public static PooledBytes Unsnap(ReadOnlySpan<byte> block, long limit)
    {
        long length;
        try
        {
            length = (uint)Snappy.GetUncompressedLength(block);
        }
        catch (InvalidDataException)
        {
            throw NotSnappy();
        }
        // Both before anything is allocated: the length is only what the sender says.
        if (length > limit)
            throw TooLarge(limit);
        if (length > (long)block.Length * MostOfSnappy)
            throw NotSnappy();
        var body = new PooledBytes((int)Math.Max(1, length));
        try
        {
            if (Snappy.TryDecompress(block, body.Room((int)length).Span[..(int)length], out int written) && written == length)
            {
                body.Advance(written);
                return body;
            }
        }
        catch (InvalidDataException)
        {
            // said below, like a block that is too short
        }
        body.Dispose();
        throw NotSnappy();
    }

    /// <summary>
    /// .NET takes a gzip stream that was cut for one that has ended. So one more member is put behind the body: it comes out
    /// behind the content only when the body was whole.
    /// </summary>
    /// <exception cref="RefusedBodyException">413 past the limit, 400 when it is not whole gzip.</exception>
    public static async ValueTask<PooledBytes> UnzipAsync(PooledBytes zipped, long limit, CancellationToken ct)
    {
        zipped.Write(ZippedEnd);
        using var gzip = new GZipStream(zipped.OpenRead(), CompressionMode.Decompress);
        var body = new PooledBytes(FirstLoan);
        try
        {
            for (int read; (read = await gzip.ReadAsync(body.Room(FirstLoan / 2), ct)) > 0;)
            {
                body.Advance(read);
                if (body.Length > limit + End.Length)
                    throw TooLarge(limit);
            }
            if (!body.Written.Span.EndsWith(End))
                throw NotGzip();
            body.Advance(-End.Length);
            return body;
        }
        catch (InvalidDataException)
        {
            body.Dispose();
            throw NotGzip();
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    static string Address(IPAddress? peer) => peer is null ? "unknown" : (peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer).ToString();

    static byte[] Zip(byte[] content)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
            gzip.Write(content);
        return zipped.ToArray();
    }

    static RefusedBodyException TooLarge(long limit) =>
        new(413, $"the body is larger than {new ByteSize(limit)} after decompression (Ingest:MaxBody); send less at once");

    static RefusedBodyException NotGzip() => new(400, "the body is not whole gzip, though Content-Encoding says so; nothing was stored");

    static RefusedBodyException NotSnappy() => new(400,
        "the body is not a whole snappy block, though Content-Encoding says so (the framed format is another); nothing was stored");
}
