using System.Globalization;
using System.Text.Json;
using Vigie.Core.Metrics;
using Vigie.Hub.Accounts;
using Vigie.Hub.Alerts;
using Vigie.Hub.Charts;
using Vigie.Hub.Hosts;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary>A real Prometheus writes to the hub.</summary>
public sealed class PrometheusTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_prometheus_scrapes_is_in_the_store_under_its_host_and_ends_with_stale_markers()
    {
        await using var hub = await TestHub.StartAsync();
        await using var prometheus = await PrometheusServer.StartAsync(hub.Address, await hub.TokenAsync(TokenScope.Write));

        var up = await UntilAsync(hub, prometheus, "up", s => s.Values.Length >= 3);
        Assert.Equal($"up{{host=\"127.0.0.1\", instance=\"127.0.0.1:{prometheus.Port}\", job=\"self\"}}", up.Labels.ToString());
        Assert.Equal(1, up.Values.Span[^1]);
        Assert.Equal("127.0.0.1", Assert.Single(hub.Get<HostDirectory>().All).Name);

        await SameAsync(prometheus, "up", up);
        await SameAsync(prometheus, "process_cpu_seconds_total",
            await UntilAsync(hub, prometheus, "process_cpu_seconds_total", s => s.Values.Length >= 3));
        await UntilAsync(hub, prometheus, "process_cpu_seconds_total", _ =>
            hub.Get<MetricStore>().Metrics()["process_cpu_seconds_total"] is { Kind: MetricKind.Counter, Help.Length: > 0 });
        Assert.Equal(MetricKind.Gauge, hub.Get<MetricStore>().Metrics()["go_goroutines"].Kind);

        await prometheus.ForgetTargetAsync();
        await UntilAsync(hub, prometheus, "up", s => StaleMarker.Is(s.Values.Span[^1]));
    }

    [Fact]
    public async Task A_machine_with_node_exporter_is_a_host_like_any_other()
    {
        await using var hub = await TestHub.StartAsync();
        await using var exporter = NodeExporter.Start();
        await using var prometheus = await PrometheusServer.StartAsync(hub.Address, await hub.TokenAsync(TokenScope.Write), exporter.Address);
        await UntilAsync(hub, prometheus, "node_load1", s => s.Values.Length >= 4);

        var now = TimeProvider.System.GetUtcNow();
        var headline = await hub.Get<Headlines>().OfAsync("127.0.0.1", now, default);
        Assert.InRange(headline.Cpu!.Value, 0, 1);
        Assert.InRange(headline.Memory!.Value, 0.001, 1);
        Assert.InRange(headline.Disk!.Value, 0, 1);
        Assert.InRange(headline.Inodes!.Value, 0, 1);
        Assert.True(headline is { Load: >= 0, Network: >= 0, Uptime: > 0 }, $"{headline}");

        using var page = await hub.PersonAsync();
        string fleet = await page.GetStringAsync("/");
        Assert.Contains("/hosts/127.0.0.1", fleet);
        foreach (string chart in new[] { "cpu", "memory", "filesystem", "load", "network", "process", "kernel" })
        {
            var data = await hub.Get<ChartService>().ReadAsync(ChartCatalog.Find(chart)!, "127.0.0.1",
                now.AddMinutes(-5).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds(), default);
            Assert.True(data.Curves.Any(c => c.Average.Any(double.IsFinite)), $"nothing in the chart {chart}");
        }
        await hub.Get<AlertEngine>().EvaluateAsync(default);
        Assert.Empty(hub.Get<AlertEngine>().Errors);
    }

    /// <summary>Each sample that the hub has is the one that Prometheus itself answers.</summary>
    static async Task SameAsync(PrometheusServer prometheus, string name, SeriesSamples stored)
    {
        using var answer = JsonDocument.Parse(await prometheus.GetAsync($"/api/v1/query?query={name}[5m]"));
        var own = answer.RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("values").EnumerateArray()
            .ToDictionary(v => (long)Math.Round(v[0].GetDouble() * 1000), v => double.Parse(v[1].GetString()!, CultureInfo.InvariantCulture));
        for (int i = 0; i < stored.Values.Length; i++)
            Assert.Equal(own[stored.TimesMs.Span[i]], stored.Values.Span[i]);
    }

    /// <summary>Waits for requests to arrive, with the store as their only witness.</summary>
    static async Task<SeriesSamples> UntilAsync(TestHub hub, PrometheusServer prometheus, string name, Func<SeriesSamples, bool> holds)
    {
        var time = TimeProvider.System;
        var reported = new SemaphoreSlim(0);
        void Report(IReadOnlyCollection<string> _) => reported.Release();
        hub.Get<HostDirectory>().Reported += Report;
        try
        {
            for (long began = time.GetTimestamp(); time.GetElapsedTime(began) < Patience; await reported.WaitAsync(TimeSpan.FromSeconds(1)))
            {
                var found = await hub.Get<MetricStore>()
                    .SelectAsync(new([new LabelMatcher("__name__", MatchKind.Equal, name)], 0, long.MaxValue), default);
                if (found.Count > 0 && holds(found[0]))
                    return found[0];
            }
        }
        finally
        {
            hub.Get<HostDirectory>().Reported -= Report;
        }
        throw new TimeoutException($"{name} has not come as expected; Prometheus says: {prometheus.Log}");
    }
}
