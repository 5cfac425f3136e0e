using System.IO.Compression;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Link;
using Vigie.Core.Otlp;
using Vigie.Core.Protobuf;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Link;

public sealed class HttpExporterTests
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<ExportOutcome> SendAsync(Uri hub)
    {
        using var exporter = new HttpExporter(hub, "secret", TimeSpan.FromSeconds(30), _time);
        return await Task.Run(() => exporter.SendAsync(new byte[] { 1, 2, 3 }, 1, Ct).AsTask(), Ct);
    }

    /// <summary>With the port, which is another each time, as <c>5000</c>.</summary>
    async Task<ExportOutcome> AnsweredAsync(int status, byte[]? protobuf = null, string? retryAfter = null)
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer(status, Encoding.Latin1.GetString(protobuf ?? []),
            (protobuf is null ? "" : "Content-Type: application/x-protobuf\r\n") + (retryAfter is null ? "" : $"Retry-After: {retryAfter}\r\n")));
        var outcome = await SendAsync(server.Address);
        return outcome with { Reason = outcome.Reason?.Replace($":{server.Port}", ":5000", StringComparison.Ordinal) };
    }

    [Theory]
    [InlineData("", "/v1/metrics")]
    [InlineData("/base/", "/base/v1/metrics")]
    [InlineData("/base/v1/metrics", "/base/v1/metrics")]
    public async Task A_request_is_compressed_protobuf_with_the_token(string path, string target)
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer(200));
        Assert.Equal(ExportOutcome.Ok, await SendAsync(new(server.Address, path)));
        var request = Assert.Single(server.Requests);
        Assert.Equal($"POST {target} HTTP/1.1", request.Line);
        Assert.Equal(("Bearer secret", "application/x-protobuf", "gzip"),
            (request.Header("Authorization"), request.Header("Content-Type"), request.Header("Content-Encoding")));
        Assert.StartsWith("vigie-agent/", request.Header("User-Agent"));
        using var plain = new MemoryStream();
        await using var gzip = new GZipStream(new MemoryStream(request.Body), CompressionMode.Decompress);
        await gzip.CopyToAsync(plain, Ct);
        Assert.Equal([1, 2, 3], plain.ToArray());
    }

    [Theory]
    [InlineData(200, ExportResult.Accepted)]
    [InlineData(429, ExportResult.Retry)]
    [InlineData(502, ExportResult.Retry)]
    [InlineData(503, ExportResult.Retry)]
    [InlineData(504, ExportResult.Retry)]
    [InlineData(301, ExportResult.Refused)]
    [InlineData(400, ExportResult.Refused)]
    [InlineData(401, ExportResult.Refused)]
    [InlineData(403, ExportResult.Refused)]
    [InlineData(404, ExportResult.Refused)]
    [InlineData(408, ExportResult.Refused)]
    [InlineData(413, ExportResult.Refused)]
    [InlineData(500, ExportResult.Refused)]
    public async Task Only_what_the_specification_allows_is_tried_again(int status, ExportResult result) =>
        Assert.Equal(result, (await AnsweredAsync(status)).Result);

    [Theory]
    [InlineData("7", 7.0)]
    [InlineData("Sun, 01 Mar 2026 12:01:30 GMT", 90.0)]
    [InlineData("Sun, 01 Mar 2026 11:00:00 GMT", 0.0)]
    [InlineData("soon", null)]
    [InlineData(null, null)]
    public async Task Retry_after_is_read_as_seconds_or_as_a_date(string? header, double? seconds) =>
        Assert.Equal(seconds, (await AnsweredAsync(503, retryAfter: header)).RetryAfter?.TotalSeconds);

    [Fact]
    public async Task A_partial_success_tells_how_much_was_rejected_and_why()
    {
        var proto = new ProtoWriter();
        int partial = proto.Begin(1);
        proto.Varint(1, 3);
        proto.String(2, "too many\u0007 series");
        proto.End(partial);
        Assert.Equal(new(ExportResult.Accepted, 3, "the hub rejected 3 samples: too many  series"),
            await AnsweredAsync(200, proto.Written.ToArray()));
    }

    [Fact]
    public async Task A_refusal_tells_the_hubs_message_and_the_remedy()
    {
        var proto = new ProtoWriter();
        proto.Varint(1, 16);
        proto.String(2, "unknown token");
        Assert.Equal("127.0.0.1:5000 answered 401 Words: unknown token; check the token (vigie token list on the hub)",
            (await AnsweredAsync(401, proto.Written.ToArray())).Reason);
    }

    [Fact]
    public async Task A_broken_connection_is_tried_again()
    {
        int port = SmtpServer.FreePort();
        Assert.Equal(new(ExportResult.Retry, Reason: $"127.0.0.1:{port} could not be reached: Connection refused"),
            await SendAsync(new($"http://127.0.0.1:{port}")));
    }

    [Fact]
    public async Task A_hub_that_never_answers_is_left_and_tried_again()
    {
        using var server = ScriptedServer.Mute(out var asked);
        var sending = SendAsync(server.Address);
        await asked;
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(new(ExportResult.Retry, Reason: $"127.0.0.1:{server.Port} did not answer within 30 s"), await sending);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_token()
    {
        using var elsewhere = new ScriptedServer(_ => ScriptedServer.Answer(200));
        using var server = new ScriptedServer(_ => ScriptedServer.Answer(307, headers: $"Location: {elsewhere.Address}\r\n"));
        Assert.Equal(ExportResult.Refused, (await SendAsync(server.Address)).Result);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public void A_reply_of_garbage_says_nothing() => Gen.Byte.Array[0, 40].Sample(reply =>
    {
        var (_, message) = ExportReply.PartialSuccess(reply);
        Assert.True(message.Length <= 300 && ExportReply.StatusMessage(reply).Length <= 300);
    }, iter: 2000);
}
