using System.Diagnostics;
using System.Globalization;
using Vigie.Hub;
using Vigie.Hub.Alerts;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.PromQL;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Benchmarks.Alerts;

/// <summary>How many rule instances (a rule on a thing: a host, a file system, a check) the engine evaluates in a second of one core.</summary>
static class RuleRate
{
    const int Rounds = 20, Reports = 8, Disks = 6;

    /// <summary>Prints hosts, instances a round, instances a second of processor time, and milliseconds a round.</summary>
    public static async Task RunAsync(int hosts, TextWriter to)
    {
        var time = new BenchTime();
        await using var hub = RuleHub.Start(time);
        (Core.Metrics.MetricInfo, double, Core.Otlp.SampleAttribute[])[] samples =
            [OtlpRequests.Cpu(0.3), OtlpRequests.Memory(0.5), .. Enumerable.Range(0, Disks).Select(d => OtlpRequests.Disk(0.4, $"/m{d}"))];
        for (int report = 0; report < Reports; report++, time.Advance(TimeSpan.FromSeconds(15)))
        {
            for (int host = 0; host < hosts; host++)
                await hub.Get<SampleIngest>().TakeAsync(
                    OtlpRequests.Every(TimeSpan.FromSeconds(15), $"host-{host:00000}", time.GetUtcNow(), samples), "", default);
            await hub.Get<MetricStore>().WriteAsync(await hub.Get<HostDirectory>().SweepAsync(default), default);
        }
        var engine = hub.Get<AlertEngine>();
        int instances = 0;
        foreach (var rule in hub.Get<RuleSet>().Own)
            instances += (await hub.Get<QueryEngine>().InstantAsync(rule.Parsed, time.GetUtcNow().ToUnixTimeMilliseconds(), default)).Series().Count;
        for (int i = 0; i < 3; i++)
            await engine.EvaluateAsync(default);
        var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < Rounds; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            await engine.EvaluateAsync(default);
        }
        var wall = Stopwatch.GetElapsedTime(began);
        process.Refresh();
        double cpu = (process.TotalProcessorTime - before).TotalSeconds;
        to.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{hosts}\t{instances}\t{instances * Rounds / cpu:f0}\t{wall.TotalMilliseconds / Rounds:f1}"));
    }

    /// <summary>Time that stands still while nobody moves it.</summary>
    sealed class BenchTime : TimeProvider
    {
        DateTimeOffset _now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }
}
