using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Tests.Support;

/// <summary>Requests as an agent would send them.</summary>
static class OtlpRequests
{
    public static byte[] Of(string host, DateTimeOffset time,
        params (MetricInfo Metric, double Value, SampleAttribute[] Attributes)[] samples) =>
        Every(TimeSpan.FromMinutes(1), host, time, samples);

    /// <summary>As a host sends that reports at this interval.</summary>
    public static byte[] Every(TimeSpan interval, string host, DateTimeOffset time,
        params (MetricInfo Metric, double Value, SampleAttribute[] Attributes)[] samples)
    {
        var round = new OtlpSamples();
        foreach (var (metric, value, attributes) in samples)
            round.Add(metric, value, 0, attributes);
        ResourceAttribute[] resource =
        [
            new("host.name", host), new("service.name", "vigie-agent"), new("vigie.agent.interval", $"{interval.TotalSeconds}"),
        ];
        var writer = new OtlpMetricsWriter(resource, "vigie-agent", "test");
        return writer.Write(round, (ulong)time.ToUnixTimeMilliseconds() * 1_000_000).ToArray();
    }

    public static readonly MetricInfo CpuUtilization = new("system.cpu.utilization", "1", MetricKind.Gauge, "Share.");
    public static readonly MetricInfo FileSystemUtilization = new("system.filesystem.utilization", "1", MetricKind.Gauge, "Share.");
    public static readonly MetricInfo MemoryUtilization = new("system.memory.utilization", "1", MetricKind.Gauge, "Share.");

    public static (MetricInfo, double, SampleAttribute[]) Cpu(double used) => (CpuUtilization, 1 - used, [new("cpu.mode", "idle")]);

    public static (MetricInfo, double, SampleAttribute[]) CpuState(string state, double share) =>
        (CpuUtilization, share, [new("cpu.mode", state)]);

    public static (MetricInfo, double, SampleAttribute[]) Memory(double used) =>
        (MemoryUtilization, used, [new("system.memory.state", "used")]);

    public static (MetricInfo, double, SampleAttribute[]) Disk(double used, string mount = "/") =>
        (FileSystemUtilization, used,
            [new("system.filesystem.state", "used"), new("system.filesystem.mountpoint", mount),
                new("system.device", "/dev/sda1"), new("system.filesystem.mode", "rw")]);
}
