using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Hub.Accounts;
using Vigie.Hub.Configuration;
using Vigie.Hub.Ingest;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Ingest;

/// <summary>A disk that fills and empties again.</summary>
public sealed class DiskWatchTests
{
    static readonly HubOptions Options = new() { Ingest = new() { DiskReserve = new(1000) } };

    [Fact]
    public void It_is_low_below_the_reserve_and_recovers_with_a_tenth_more()
    {
        var time = new FakeTimeProvider();
        long free = 1000;
        var watch = new DiskWatch(new("."), Options, time, NullLogger<DiskWatch>.Instance) { Free = _ => free };
        bool After(long bytes)
        {
            free = bytes;
            time.Advance(TimeSpan.FromSeconds(5));
            return watch.Look();
        }
        Assert.False(watch.Look());
        Assert.True(After(999));
        Assert.Equal(999, watch.Left.Bytes);
        Assert.True(After(1099));
        Assert.False(After(1100));
        Assert.False(After(1000));
    }

    [Fact]
    public void It_looks_at_the_disk_every_few_seconds_and_not_for_each_request()
    {
        var time = new FakeTimeProvider();
        int looks = 0;
        var watch = new DiskWatch(new("."), Options, time, NullLogger<DiskWatch>.Instance) { Free = _ => { looks++; return 0; } };
        for (int i = 0; i < 100; i++)
            watch.Look();
        Assert.Equal(1, looks);
        time.Advance(TimeSpan.FromSeconds(5));
        watch.Look();
        Assert.Equal(2, looks);
    }

    [Fact]
    public void A_disk_that_can_not_be_asked_counts_as_before()
    {
        var time = new FakeTimeProvider();
        var watch = new DiskWatch(new("."), Options, time, NullLogger<DiskWatch>.Instance) { Free = _ => throw new IOException() };
        Assert.False(watch.Look());
    }

    /// <summary>A reserve larger than any disk: it is nearly full from the start.</summary>
    static HubOptions Full(HubOptions options) => options with { Ingest = options.Ingest with { DiskReserve = new(1L << 60) } };

    [Fact]
    public async Task Senders_wait_alerts_go_on_and_every_page_says_so()
    {
        await using var hub = await TestHub.StartAsync(options: Full);
        var client = await hub.ClientAsync(TokenScope.Write);
        foreach (string path in new[] { "/v1/metrics", "/api/v1/write" })
        {
            using var content = new ByteArrayContent(path == "/v1/metrics" ? [] : [0]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            if (path != "/v1/metrics")
                content.Headers.ContentEncoding.Add("snappy");
            using var reply = await client.PostAsync(path, content);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(30), reply.Headers.RetryAfter!.Delta);
        }
        var person = await hub.PersonAsync();
        foreach (string page in new[] { "/", "/alerts", "/advisories" })
            Assert.Contains("The disk is nearly full", await person.GetStringAsync(page), StringComparison.Ordinal);
        Assert.Contains(hub.Log.Lines, l => l.Contains("The disk is nearly full", StringComparison.Ordinal));
        // What the hub measures itself, and alerts by, is still stored.
        var batch = new SampleBatch();
        hub.Get<HubMetrics>().AddTo(batch, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.Equal(batch.Count, (await hub.Get<MetricStore>().WriteAsync(batch, default)).Written);
    }
}
