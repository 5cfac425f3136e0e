using System.Net;
using System.Net.Http.Headers;
using Snappier;
using Vigie.Core.Metrics;
using Vigie.Core.RemoteWrite;
using Vigie.Hub.Accounts;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.Storage;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.RemoteWriteRequest;

namespace Vigie.Tests.Hub.Ingest;

/// <summary>What the specifications of remote write ask of a receiver, over real HTTP.</summary>
public sealed class RemoteWriteEndpointTests : IAsyncLifetime
{
    const string Samples = "X-Prometheus-Remote-Write-Samples-Written", Histograms = "X-Prometheus-Remote-Write-Histograms-Written",
        Exemplars = "X-Prometheus-Remote-Write-Exemplars-Written";

    TestHub _hub = null!;
    HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync(options: o => o with { Ingest = o.Ingest with { MaxBody = new(1L << 20) } });
        _client = await _hub.ClientAsync(TokenScope.Write);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _hub.DisposeAsync();
    }

    static long NowMs => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    long Stored => _hub.Get<MetricStore>().Count().Samples;

    static SentSeries Good(string host = "alpha", int number = 0) =>
        One(NowMs, ("__name__", "m"), ("host", host), ("number", $"{number}"));

    async Task<(int Status, string Body, HttpResponseMessage Reply)> PostAsync(byte[] body, string? type = V1Type,
        string? encoding = "snappy", HttpClient? client = null)
    {
        using var content = new ByteArrayContent(body);
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null)
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        content.Headers.Add("X-Prometheus-Remote-Write-Version", type == V2Type ? "2.0.0" : "0.1.0");
        var reply = await (client ?? _client).PostAsync("/api/v1/write", content);
        return ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(), reply);
    }

    static string Written(HttpResponseMessage reply) =>
        string.Join(' ', new[] { Samples, Histograms, Exemplars }
            .Select(h => reply.Headers.TryGetValues(h, out var values) ? values.Single() : "-"));

    async Task RefusedAsync(int status, string words, byte[] body, string? type = V1Type, string? encoding = "snappy")
    {
        var (got, text, reply) = await PostAsync(body, type, encoding);
        Assert.Equal((status, "text/plain"), (got, reply.Content.Headers.ContentType?.MediaType));
        Assert.Contains(words, text);
        Assert.Equal(0, Stored);
        Assert.Empty(_hub.Get<HostDirectory>().All);
    }

    [Theory]
    [InlineData("application/x-protobuf")]
    [InlineData("application/x-protobuf;proto=prometheus.WriteRequest")]
    [InlineData("application/x-protobuf; proto=\"prometheus.WriteRequest\"")]
    [InlineData("Application/X-Protobuf")]
    public async Task Success_of_version_1_is_204_without_a_body(string type)
    {
        var (status, body, reply) = await PostAsync(Snappy(V1(Good(), Good("beta"))), type);
        Assert.Equal((204, "", "- - -"), (status, body, Written(reply)));
        Assert.Equal(2, Stored);
        Assert.Equal(["alpha", "beta"], _hub.Get<HostDirectory>().All.Select(h => h.Name));
        Assert.Equal(204, (await PostAsync(Snappy([]), type)).Status); // an empty request asks what is spoken here
    }

    [Theory]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v2.Request")]
    [InlineData("application/x-protobuf; Proto=io.prometheus.write.v2.Request; charset=utf-8")]
    public async Task Success_of_version_2_is_204_and_tells_what_was_written(string type)
    {
        var (status, body, reply) = await PostAsync(Snappy(V2(Good() with { Exemplars = 3 }, Good("beta"))), type);
        Assert.Equal((204, "", "2 0 0"), (status, body, Written(reply)));
        Assert.Equal(2, Stored);
        (status, _, reply) = await PostAsync(Snappy([]), type);
        Assert.Equal((204, "0 0 0"), (status, Written(reply)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/x-protobuf;proto=")]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v3.Request")]
    [InlineData("application/x-protobuf2")]
    public async Task Another_content_type_is_415_and_says_what_to_send(string? type) =>
        await RefusedAsync(415, "proto=io.prometheus.write.v2.Request", Snappy(V1(Good())), type);

    [Theory]
    [InlineData(V1Type), InlineData(V2Type)]
    public async Task Another_encoding_or_none_is_415(string type)
    {
        foreach (string? encoding in new[] { null, "identity", "gzip", "zstd", "x-snappy-framed" })
            await RefusedAsync(415, $"Content-Encoding is \"{encoding}\"; send snappy", V1(Good()), type, encoding);
    }

    [Fact]
    public async Task A_request_of_one_version_under_the_other_s_name_stores_nothing()
    {
        Assert.Equal(204, (await PostAsync(Snappy(V2(Good())), V1Type)).Status); // its fields are unknown to 1.0, as the protocol has it
        Assert.Equal(204, (await PostAsync(Snappy(V1(Good())), V2Type)).Status);
        Assert.Equal(0, Stored);
    }

    [Fact]
    public async Task What_is_good_of_a_request_is_stored_and_the_rest_is_400_with_reasons()
    {
        var bad = One(NowMs, ("__name__", "m"), ("a", "1"), ("a", "2"));
        var ahead = One(NowMs + 3_600_000, ("__name__", "m"), ("host", "alpha"));
        var old = One(NowMs - (30L * 86_400_000), ("__name__", "m"), ("host", "alpha"));
        var (status, body, reply) = await PostAsync(Snappy(V1(Good(), bad, ahead, old, Good() with { Histograms = 2 })), V1Type);
        Assert.Equal((400, "text/plain", "- - -"), (status, reply.Content.Headers.ContentType!.MediaType, Written(reply)));
        Assert.StartsWith("2 samples were stored, 5 were not: 1 refused: a series has the label \"a\" twice; ", body);
        foreach (string reason in new[] { "ahead of the hub's clock", "2 refused: native histograms", "Retention:Raw" })
            Assert.Contains(reason, body);
        (status, body, reply) = await PostAsync(Snappy(V2(bad, Good("beta"), ahead)), V2Type);
        Assert.Equal((400, "1 0 0"), (status, Written(reply)));
        Assert.Contains("1 samples were stored, 2 were not", body);
        var metrics = _hub.Get<HubMetrics>();
        Assert.Equal((2, 2, 2, 1, 3), (metrics.RefusedOf(RefusalKind.Labels), metrics.RefusedOf(RefusalKind.Future),
            metrics.RefusedOf(RefusalKind.Unsupported), metrics.RefusedOf(RefusalKind.Old), metrics.SamplesWritten));
        Assert.Equal(["alpha", "beta"], _hub.Get<HostDirectory>().All.Select(h => h.Name));
    }

    [Fact]
    public async Task The_same_request_twice_is_stored_once()
    {
        byte[] request = Snappy(V2(Good(), Good("beta")));
        foreach (int _ in new[] { 1, 2, 3 })
            Assert.Equal(204, (await PostAsync(request, V2Type)).Status);
        Assert.Equal(2, Stored);
    }

    [Fact]
    public async Task A_stale_marker_is_stored_bit_for_bit()
    {
        await PostAsync(Snappy(V1(new SentSeries([("__name__", "m"), ("host", "a")], [(NowMs, StaleMarker.Value)]))));
        var series = Assert.Single(await _hub.Get<MetricStore>().SelectAsync(
            new([new LabelMatcher("__name__", MatchKind.Equal, "m")], 0, long.MaxValue), default));
        Assert.True(StaleMarker.Is(series.Values.Span[0]));
    }

    [Theory]
    [InlineData(V1Type), InlineData(V2Type)]
    public async Task A_malformed_message_is_400_and_nothing_of_it_is_stored(string type)
    {
        byte[] good = type == V1Type ? V1(Good(), Good("beta")) : V2(Good(), Good("beta"));
        await RefusedAsync(400, "nothing was stored", Snappy(good.AsSpan(0, good.Length - 2)), type);
        await RefusedAsync(400, type == V1Type ? "no prometheus.WriteRequest" : "no io.prometheus.write.v2.Request", Snappy([0xff]), type);
        Assert.Equal(type == V1Type ? "- - -" : "0 0 0", Written((await PostAsync(Snappy([0xff]), type)).Reply));
    }

    [Fact]
    public async Task What_is_no_whole_snappy_block_is_400()
    {
        byte[] block = Snappy(V1([.. Enumerable.Range(0, 20).Select(i => Good("alpha", i))]));
        for (int length = 0; length < block.Length; length += 3)
            await RefusedAsync(400, "not a whole snappy block", block[..length]);
        await RefusedAsync(400, "not a whole snappy block", V1(Good()));
        using var framed = new MemoryStream();
        using (var stream = new SnappyStream(framed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
            stream.Write(V1(Good()));
        await RefusedAsync(400, "framed", framed.ToArray());
    }

    /// <summary>A length that is only announced, and one that is real.</summary>
    [Fact]
    public async Task A_bomb_is_refused_before_it_goes_off()
    {
        byte[] zeros = Snappy(new byte[(1 << 20) + 1]);
        Assert.InRange(zeros.Length, 1, 60_000);
        await RefusedAsync(413, "larger than 1MiB after decompression (Ingest:MaxBody)", zeros);
        await RefusedAsync(413, "Ingest:MaxBody", [0xff, 0xff, 0xff, 0xff, 0x0f, 0]); // 4 GiB in six bytes
        await RefusedAsync(400, "not a whole snappy block", [0x80, 0x80, 0x20, 0, 0]); // 512 KiB in five
        await RefusedAsync(413, "Ingest:MaxBody", new byte[(1 << 20) + 1]);
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_taken_and_bounded()
    {
        async Task<HttpResponseMessage> Chunked(byte[] body)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/write") { Content = new StreamContent(new MemoryStream(body)) };
            request.Headers.TransferEncodingChunked = true;
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            request.Content.Headers.ContentEncoding.Add("snappy");
            return await _client.SendAsync(request);
        }
        byte[] block = Snappy(V1([.. Enumerable.Range(0, 3_000).Select(i => Good("alpha", i))]));
        Assert.Equal(HttpStatusCode.NoContent, (await Chunked(block)).StatusCode);
        Assert.Equal(3_000, Stored);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Chunked(new byte[2 << 20])).StatusCode);
    }

    [Fact]
    public async Task A_store_that_is_full_is_503_and_the_same_request_is_taken_later()
    {
        async Task Limit(string sql) => await _hub.Get<Database>().MaintainAsync(connection => Database.Execute(connection, sql));
        byte[] request = Snappy(V2([.. Enumerable.Range(0, 3_000).Select(i => Good("alpha", i))]));
        long pages = _hub.Get<Database>().Read(connection => Database.Scalar<long>(connection, "PRAGMA page_count"));
        await Limit($"PRAGMA max_page_count={pages + 2}");
        var (status, body, reply) = await PostAsync(request, V2Type);
        Assert.Equal((503, "0 0 0"), (status, Written(reply)));
        Assert.Equal(TimeSpan.FromSeconds(30), reply.Headers.RetryAfter!.Delta);
        Assert.Contains("send it again", body);
        await Limit("PRAGMA max_page_count=1000000");
        Assert.Equal(204, (await PostAsync(request, V2Type)).Status);
        Assert.Equal(3_000, Stored);
    }

    [Fact]
    public async Task Without_a_token_it_is_401_and_with_a_reader_s_403()
    {
        using var stranger = await _hub.ClientAsync();
        Assert.Equal(401, (await PostAsync(Snappy(V1(Good())), client: stranger)).Status);
        using var reader = await _hub.ClientAsync(TokenScope.Read);
        Assert.Equal(403, (await PostAsync(Snappy(V1(Good())), client: reader)).Status);
        using var person = await _hub.PersonAsync();
        Assert.Equal(403, (await PostAsync(Snappy(V1(Good())), client: person)).Status);
        Assert.Equal(0, Stored);
    }

    [Fact]
    public async Task A_sender_that_names_no_host_is_known_by_its_token()
    {
        using var client = await _hub.ClientAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", await _hub.TokenAsync(TokenScope.Write, "rack-7"));
        Assert.Equal(204, (await PostAsync(Snappy(V1(One(NowMs, ("__name__", "m")))), client: client)).Status);
        Assert.Equal("rack-7", Assert.Single(_hub.Get<HostDirectory>().All).Name);
    }

    [Fact]
    public async Task Metadata_that_comes_later_declares_what_was_stored()
    {
        byte[] sample = Snappy(V1(One(NowMs, ("__name__", "requests"), ("host", "a"))));
        await PostAsync(sample);
        Assert.Equal((MetricKind.Gauge, ""), (Metric().Kind, Metric().Help));
        Assert.Equal(204, (await PostAsync(Snappy(Metadata("requests", 1, "Requests served.")))).Status);
        await PostAsync(sample);
        Assert.Equal((MetricKind.Counter, "Requests served."), (Metric().Kind, Metric().Help));
        MetricInfo Metric() => _hub.Get<MetricStore>().Metrics()["requests"];
    }

    [Fact]
    public async Task Many_senders_at_once_are_all_stored()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
            Assert.Equal(204, (await PostAsync(Snappy(Of(i % 2 == 0 ? RemoteWriteVersion.V1 : RemoteWriteVersion.V2,
                [.. Enumerable.Range(0, 1 + i).Select(n => Good($"host-{i % 10}", n))])), i % 2 == 0 ? V1Type : V2Type)).Status)));
        Assert.Equal(10, _hub.Get<HostDirectory>().All.Count);
        Assert.Equal(Enumerable.Range(0, 10).Sum(h => 1 + h + 30), _hub.Get<MetricStore>().Count().Series);
    }
}
