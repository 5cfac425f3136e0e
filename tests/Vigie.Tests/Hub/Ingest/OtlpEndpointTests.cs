using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Core.Protobuf;
using Vigie.Hub.Accounts;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Ingest;

public sealed class OtlpEndpointTests : IAsyncLifetime
{
    const string Protobuf = "application/x-protobuf", Json = "application/json";
    static readonly byte[] NoBytes = [];

    TestHub _hub = null!;
    HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync(options: o => o with { Ingest = o.Ingest with { MaxBody = new(32L << 20) } });
        _client = await _hub.ClientAsync(TokenScope.Write);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _hub.DisposeAsync();
    }

    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    static byte[] Request(string host = "alpha", int samples = 1) =>
        OtlpRequests.Of(host, Now, [.. Enumerable.Range(0, samples).Select(i => OtlpRequests.CpuState($"s{i}", 0.5))]);

    static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return zipped.ToArray();
    }

    async Task<(HttpStatusCode Status, byte[] Body, HttpResponseMessage Reply)> PostAsync(byte[] body, string? type = Protobuf,
        string? encoding = null, HttpClient? client = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        var reply = await (client ?? _client).PostAsync("/v1/metrics", content);
        return (reply.StatusCode, await reply.Content.ReadAsByteArrayAsync(), reply);
    }

    long Stored => _hub.Get<MetricStore>().Count().Samples;

    /// <summary>google.rpc.Status: the message is field 2.</summary>
    static string StatusMessage(byte[] protobuf)
    {
        var reader = new ProtoReader(protobuf, 0);
        string message = "";
        while (reader.Next())
        {
            if (reader.Field == 2)
                message = Encoding.UTF8.GetString(reader.Bytes());
            else
                reader.Skip();
        }
        return message;
    }

    async Task Refused(HttpStatusCode status, string message, byte[] body, string type = Protobuf, string? encoding = null)
    {
        var (got, answer, reply) = await PostAsync(body, type, encoding);
        Assert.Equal(status, got);
        if (type == Json)
        {
            Assert.Equal(Json, reply.Content.Headers.ContentType!.MediaType);
            using var json = JsonDocument.Parse(answer);
            Assert.Contains(message, json.RootElement.GetProperty("message").GetString());
            Assert.Equal(JsonValueKind.Number, json.RootElement.GetProperty("code").ValueKind);
        }
        else
        {
            Assert.Equal(Protobuf, reply.Content.Headers.ContentType!.MediaType);
            Assert.Contains(message, StatusMessage(answer));
        }
        Assert.Equal(0, Stored);
        Assert.Empty(_hub.Get<HostDirectory>().All);
    }

    [Fact]
    public async Task Success_is_an_empty_message_in_the_request_s_encoding()
    {
        var (status, body, reply) = await PostAsync(Request());
        Assert.Equal((HttpStatusCode.OK, 0, Protobuf), (status, body.Length, reply.Content.Headers.ContentType!.MediaType));
        (status, body, reply) = await PostAsync(Encoding.UTF8.GetBytes("{}"), Json + "; charset=utf-8");
        Assert.Equal((HttpStatusCode.OK, "{}", Json),
            (status, Encoding.UTF8.GetString(body), reply.Content.Headers.ContentType!.MediaType));
        (status, body, _) = await PostAsync(NoBytes);
        Assert.Equal((HttpStatusCode.OK, 0), (status, body.Length));
        Assert.Equal(1, Stored);
    }

    [Fact]
    public async Task A_gzip_body_is_taken()
    {
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Zip(Request(samples: 20)), Protobuf, "gzip")).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Request(host: "beta"), Protobuf, "identity")).Status);
        Assert.Equal(21, Stored);
        // two members are one body
        Assert.Equal(HttpStatusCode.OK,
            (await PostAsync([.. Zip(Request(host: "c")), .. Zip(Request(host: "d"))], Protobuf, "gzip")).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(NoBytes, Protobuf, "gzip")).Status);
        Assert.Equal(23, Stored);
    }

    [Fact]
    public async Task A_gzip_body_cut_anywhere_is_never_stored_in_part()
    {
        byte[] zipped = Zip([.. Request(), .. Request("beta")]);
        for (int length = 1; length < zipped.Length; length += 7)
            Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(zipped[..length], Protobuf, "gzip")).Status);
        Assert.Equal(0, Stored);
    }

    static string JsonRequest(string points) =>
        """{"resourceMetrics":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"alpha"}}]},"scopeMetrics":"""
            + """[{"metrics":[{"name":"m","gauge":{"dataPoints":["""
            + points + "]}}]}]}]}";

    [Fact]
    public async Task What_is_refused_of_a_request_is_counted_in_the_answer()
    {
        string good = $$"""{"timeUnixNano":"{{Now.ToUnixTimeMilliseconds()}}000000","asDouble":1}""", bad = """{"asDouble":1}""";
        string old = $$"""{"timeUnixNano":"{{Now.AddDays(-30).ToUnixTimeMilliseconds()}}000000","asDouble":1}""";
        byte[] request = Encoding.UTF8.GetBytes(JsonRequest($"{good},{bad},{old}"));

        var (status, body, _) = await PostAsync(request, Json);
        Assert.Equal(HttpStatusCode.OK, status);
        using var json = JsonDocument.Parse(body);
        var partial = json.RootElement.GetProperty("partialSuccess");
        Assert.Equal("2", partial.GetProperty("rejectedDataPoints").GetString()); // 64-bit numbers are strings in OTLP's JSON
        Assert.Contains("no time", partial.GetProperty("errorMessage").GetString());
        Assert.Contains("Retention:Raw", partial.GetProperty("errorMessage").GetString());

        (status, body, _) = await PostAsync(OtlpJson.ToProtobuf(request).ToArray());
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((2, partial.GetProperty("errorMessage").GetString()), Partial(body));
        Assert.Equal(1, Stored);
    }

    static (int, string) Partial(byte[] body)
    {
        var reader = new ProtoReader(body, 0);
        Assert.True(reader.Next());
        Assert.Equal(1, reader.Field);
        var partial = reader.Message();
        Assert.True(partial.Next());
        int rejected = (int)partial.VarintField();
        Assert.True(partial.Next());
        return (rejected, Encoding.UTF8.GetString(partial.Bytes()));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-protobuf2")]
    [InlineData("application/grpc")]
    [InlineData(null)]
    public async Task Another_content_type_is_415(string? type)
    {
        var (status, body, _) = await PostAsync(Request(), type);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Contains("send application/x-protobuf or application/json", StatusMessage(body));
        Assert.Equal(0, Stored);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Another_encoding_is_415(string encoding) =>
        await Refused(HttpStatusCode.UnsupportedMediaType, $"Content-Encoding is \"{encoding}\"; send gzip or none", Request(),
            encoding: encoding);

    [Fact]
    public async Task A_gzip_bomb_is_413()
    {
        byte[] bomb = Zip(new byte[64 << 20]);
        Assert.InRange(bomb.Length, 1, 1 << 20);
        await Refused(HttpStatusCode.RequestEntityTooLarge, "larger than 32MiB after decompression (Ingest:MaxBody)", bomb,
            encoding: "gzip");
    }

    [Fact]
    public async Task The_limit_is_ours_and_not_the_web_server_s()
    {
        // 31 MiB is more than Kestrel's own limit of 30 MB.
        byte[] padded = [.. Request(), .. Padding((31 << 20) - 2_000)];
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(padded)).Status);
        Assert.Equal(1, Stored);
    }

    [Fact]
    public async Task A_plain_body_past_the_limit_is_413() =>
        await Refused(HttpStatusCode.RequestEntityTooLarge, "larger than 32MiB", Padding(33 << 20));

    /// <summary>A field that nobody knows.</summary>
    static byte[] Padding(int size)
    {
        var writer = new ProtoWriter();
        writer.Bytes(100, new byte[size]);
        return writer.Written.ToArray();
    }

    [Fact]
    public async Task A_malformed_body_is_400_and_nothing_of_it_is_stored()
    {
        byte[] request = Request(samples: 5);
        await Refused(HttpStatusCode.BadRequest, "nothing was stored", [.. request, .. request[..^3]]); // the first resource is whole
        await Refused(HttpStatusCode.BadRequest, "this is not JSON", Encoding.UTF8.GetBytes(JsonRequest("{")), Json);
        await Refused(HttpStatusCode.BadRequest, "dataPoints[0].timeUnixNano",
            Encoding.UTF8.GetBytes(JsonRequest("""{"timeUnixNano":[]}""")), Json);
    }

    [Fact]
    public async Task What_is_not_whole_gzip_is_400()
    {
        await Refused(HttpStatusCode.BadRequest, "not whole gzip", Request(), encoding: "gzip");
        byte[] zipped = Zip([.. Request(), .. Request("beta")]);
        foreach (int length in new[] { 5, 12, zipped.Length / 2, zipped.Length - 9, zipped.Length - 8, zipped.Length - 1 })
            await Refused(HttpStatusCode.BadRequest, "not whole gzip", zipped[..length], encoding: "gzip");
        await Refused(HttpStatusCode.BadRequest, "not whole gzip", [.. zipped, 1, 2, 3], encoding: "gzip");
        zipped[^6] ^= 1; // the checksum
        await Refused(HttpStatusCode.BadRequest, "not whole gzip", zipped, encoding: "gzip");
    }

    [Fact]
    public async Task Without_a_token_or_with_a_wrong_one_it_is_401()
    {
        foreach (string? token in new[] { null, "vigie_wrong", "" })
        {
            using var client = await _hub.ClientAsync();
            if (token is not null)
                client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            var (status, body, reply) = await PostAsync(Request(), client: client);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Equal("Bearer", reply.Headers.WwwAuthenticate.ToString());
            Assert.Contains("vigie token create", StatusMessage(body));
        }
        Assert.Equal(0, Stored);
    }

    [Fact]
    public async Task A_token_that_may_only_read_is_403_and_a_session_does_not_write()
    {
        using var reader = await _hub.ClientAsync(TokenScope.Read);
        var (status, body, _) = await PostAsync(Request(), client: reader);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("scope", StatusMessage(body));
        using var person = await _hub.PersonAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(Request(), client: person)).Status);
        Assert.Equal(0, Stored);
    }

    [Fact]
    public async Task A_store_that_is_full_is_503_and_the_same_request_is_taken_later()
    {
        async Task Limit(string sql) => await _hub.Get<Database>().MaintainAsync(connection => Database.Execute(connection, sql));
        byte[] request = Request(samples: 3_000);
        long pages = _hub.Get<Database>().Read(connection => Database.Scalar<long>(connection, "PRAGMA page_count"));
        await Limit($"PRAGMA max_page_count={pages + 2}");

        var (status, body, reply) = await PostAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal(TimeSpan.FromSeconds(30), reply.Headers.RetryAfter!.Delta);
        Assert.Contains("send it again", StatusMessage(body));
        Assert.Equal(0, Stored);
        await Limit("PRAGMA max_page_count=1000000");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(request)).Status);
        Assert.Equal(3_000, Stored);
    }

    [Fact]
    public async Task The_same_batch_twice_is_stored_once()
    {
        byte[] request = Request(samples: 7);
        foreach (int _ in new[] { 1, 2, 3 })
            Assert.Equal(HttpStatusCode.OK, (await PostAsync(request)).Status);
        Assert.Equal(7, Stored);
    }

    [Fact]
    public async Task Many_senders_at_once_are_all_stored()
    {
        await Task.WhenAll(Enumerable.Range(0, 40)
            .Select(async i => Assert.Equal(HttpStatusCode.OK, (await PostAsync(Request($"host-{i % 10}", samples: 1 + i))).Status)));
        Assert.Equal(10, _hub.Get<HostDirectory>().All.Count);
        Assert.Equal(Enumerable.Range(0, 10).Sum(h => 1 + h + 30), _hub.Get<MetricStore>().Count().Series);
        DatabaseFiles.Verify(_hub.Folder.Database);
    }

    [Fact]
    public async Task A_sender_that_names_no_host_is_known_by_its_token()
    {
        using var client = await _hub.ClientAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", await _hub.TokenAsync(TokenScope.Write, "rack-7"));
        var writer = new OtlpMetricsWriter([], "s", "1");
        var samples = new OtlpSamples();
        samples.Add(OtlpRequests.CpuUtilization, 1, 0);
        await PostAsync(writer.Write(samples, (ulong)Now.ToUnixTimeMilliseconds() * 1_000_000).ToArray(), client: client);
        Assert.Equal("rack-7", Assert.Single(_hub.Get<HostDirectory>().All).Name);
    }
}
