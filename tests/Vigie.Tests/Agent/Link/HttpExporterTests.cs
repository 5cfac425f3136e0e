using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Link;
using Vigie.Core.Otlp;
using Vigie.Core.Protobuf;

namespace Vigie.Tests.Agent.Link;

public sealed class HttpExporterTests
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    sealed class Handler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            answer(request, cancellationToken);
    }

    async Task<ExportOutcome> SendAsync(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer,
        string hub = "http://hub:5000")
    {
        using var exporter = new HttpExporter(new Uri(hub), "secret", TimeSpan.FromSeconds(30), _time, new Handler(answer));
        return await exporter.SendAsync(new byte[] { 1, 2, 3 }, 1, TestContext.Current.CancellationToken);
    }

    Task<ExportOutcome> AnsweredAsync(int status, byte[]? protobuf = null, string? retryAfter = null) => SendAsync((_, _) =>
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(protobuf ?? []) };
        if (protobuf is not null)
            response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (retryAfter is not null)
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return Task.FromResult(response);
    });

    [Theory]
    [InlineData("http://hub:5000", "http://hub:5000/v1/metrics")]
    [InlineData("https://hub/base/", "https://hub/base/v1/metrics")]
    [InlineData("https://hub/base/v1/metrics", "https://hub/base/v1/metrics")]
    public async Task A_request_is_compressed_protobuf_with_the_token(string hub, string target)
    {
        byte[] unzipped = [];
        var outcome = await SendAsync(async (request, ct) =>
        {
            Assert.Equal((HttpMethod.Post, target), (request.Method, request.RequestUri!.ToString()));
            Assert.Equal("Bearer secret", request.Headers.Authorization!.ToString());
            Assert.Equal("application/x-protobuf", request.Content!.Headers.ContentType!.ToString());
            Assert.Equal(["gzip"], request.Content.Headers.ContentEncoding);
            using var plain = new MemoryStream();
            await using var gzip = new GZipStream(await request.Content.ReadAsStreamAsync(ct), CompressionMode.Decompress);
            await gzip.CopyToAsync(plain, ct);
            unzipped = plain.ToArray();
            return new HttpResponseMessage(HttpStatusCode.OK);
        }, hub);
        Assert.Equal(ExportOutcome.Ok, outcome);
        Assert.Equal([1, 2, 3], unzipped);
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
        Assert.Equal("hub:5000 answered 401 Unauthorized: unknown token; check the token (vigie token list on the hub)",
            (await AnsweredAsync(401, proto.Written.ToArray())).Reason);
    }

    [Fact]
    public async Task A_broken_connection_is_tried_again() => Assert.Equal(
        new(ExportResult.Retry, Reason: "hub:5000 could not be reached: Connection refused"),
        await SendAsync((_, _) => throw new HttpRequestException("sending failed", new IOException("Connection refused"))));

    [Fact]
    public async Task A_hub_that_never_answers_is_left_and_tried_again()
    {
        var asked = new TaskCompletionSource();
        var sending = SendAsync(async (_, ct) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ct);
            return new HttpResponseMessage();
        });
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(new(ExportResult.Retry, Reason: "hub:5000 did not answer within 30 s"), await sending);
    }

    [Fact]
    public void A_reply_of_garbage_says_nothing() => Gen.Byte.Array[0, 40].Sample(reply =>
    {
        var (_, message) = ExportReply.PartialSuccess(reply);
        Assert.True(message.Length <= 300 && ExportReply.StatusMessage(reply).Length <= 300);
    }, iter: 2000);
}
