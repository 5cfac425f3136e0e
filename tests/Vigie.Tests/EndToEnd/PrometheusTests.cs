using System.Globalization;
using System.Text.Json;
using Vigie.Core.Metrics;
using Vigie.Hub.Accounts;
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
