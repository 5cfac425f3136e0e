using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Ingest;

namespace Vigie.Tests.Support;

/// <summary>A day in the life of a few servers, the same each time.</summary>
static class SampleFleet
{
    static readonly MetricInfo MemoryUsage = new("system.memory.usage", "By", MetricKind.Gauge, "Memory.");
    static readonly MetricInfo MemoryLimit = new("system.memory.limit", "By", MetricKind.Gauge, "Memory.");
    static readonly MetricInfo DiskIo = new("system.disk.io", "By", MetricKind.Counter, "Bytes.");
    static readonly MetricInfo NetworkIo = new("system.network.io", "By", MetricKind.Counter, "Bytes.");
    static readonly MetricInfo Load1 = new("vigie.load.1m", "", MetricKind.Gauge, "Load.");
    static readonly MetricInfo Load5 = new("vigie.load.5m", "", MetricKind.Gauge, "Load.");
    static readonly MetricInfo Load15 = new("vigie.load.15m", "", MetricKind.Gauge, "Load.");
    static readonly MetricInfo Users = new("vigie.users.logged_in", "{user}", MetricKind.Gauge, "Users.");
    static readonly MetricInfo Faults = new("system.paging.faults", "{fault}", MetricKind.Counter, "Faults.");
    static readonly MetricInfo Operations = new("system.paging.operations", "{operation}", MetricKind.Counter, "Operations.");
    static readonly MetricInfo Uptime = new("system.uptime", "s", MetricKind.Gauge, "Uptime.");

    /// <summary>Writes <paramref name="span"/> of history up to <paramref name="end"/>, one sample a minute.</summary>
    public static async Task WriteAsync(SampleIngest ingest, DateTimeOffset end, TimeSpan span, params string[] hosts)
    {
        for (int h = 0; h < hosts.Length; h++)
        {
            var random = new Random(h + 1);
            var writer = new OtlpMetricsWriter(
            [
                new("host.name", hosts[h]), new("service.name", "vigie-agent"),
                new("os.description", h % 2 == 0 ? "Debian GNU/Linux 13 (trixie)" : "Ubuntu 24.04.3 LTS"),
                new("host.arch", "amd64"), new("host.ip", $"192.0.2.{h + 10}"), new("vigie.agent.interval", "60"),
            ], "vigie-agent", "test");
            double busy = 0.15, read = 0, sent = 0, disk = 0.4 + (h * 0.13);
            var round = new OtlpSamples();
            for (var at = end - span; at <= end; at += TimeSpan.FromMinutes(1))
            {
                double day = 0.6 + (0.4 * Math.Sin((at.Hour + (at.Minute / 60.0) - 8) / 24 * 2 * Math.PI));
                busy = Math.Clamp(busy + ((random.NextDouble() - 0.5) * 0.06 * day), 0.03, 0.7);
                double spike = random.NextDouble() < 0.01 ? 0.25 : 0;
                disk = Math.Min(0.97, disk + (random.NextDouble() * 0.00004));
                read += random.NextDouble() < 0.1 ? 9e8 * day : 2e7 * random.NextDouble();
                sent += 5e7 * day * random.NextDouble();
                if (h == 0 && at > end - TimeSpan.FromHours(4) && at < end - TimeSpan.FromHours(3.4))
                    continue; // a gap
                round.Clear();
                void Add(MetricInfo metric, double value, params SampleAttribute[] attributes) => round.Add(metric, value, 0, attributes);
                foreach (var (state, share) in new[] { ("user", busy), ("system", busy * 0.35), ("iowait", 0.01 + (spike * 0.3)),
                    ("steal", 0.002), ("idle", 1 - (busy * 1.35) - 0.012 - spike), ("nice", spike * 0.7) })
                    Add(OtlpRequests.CpuUtilization, Math.Round(share, 4), new SampleAttribute("cpu.mode", state));
                const double Total = 32.0 * (1L << 30);
                foreach (var (state, share) in new[] { ("used", 0.3 + (busy * 0.3)), ("buffers", 0.03), ("cached", 0.22),
                    ("free", 0.45 - (busy * 0.3)) })
                    Add(MemoryUsage, Math.Round(share * Total / 4096) * 4096, new SampleAttribute("system.memory.state", state));
                Add(MemoryLimit, Total);
                round.Add(OtlpRequests.MemoryUtilization, 0.3 + (busy * 0.3), 0, [new("system.memory.state", "used")]);
                foreach (var (mount, share) in new[] { ("/", disk * 0.6), ("/srv", disk), ("/var", disk * 0.8) })
                {
                    var (metric, value, attributes) = OtlpRequests.Disk(Math.Round(share, 4), mount);
                    round.Add(metric, value, 0, attributes);
                }
                Add(DiskIo, Math.Round(read), new SampleAttribute("system.device", "nvme0n1"),
                    new SampleAttribute("disk.io.direction", "read"));
                Add(DiskIo, Math.Round(read * 0.4), new SampleAttribute("system.device", "nvme0n1"),
                    new SampleAttribute("disk.io.direction", "write"));
                Add(NetworkIo, Math.Round(sent), new SampleAttribute("network.interface.name", "eth0"),
                    new SampleAttribute("network.io.direction", "transmit"));
                Add(NetworkIo, Math.Round(sent * 1.7), new SampleAttribute("network.interface.name", "eth0"),
                    new SampleAttribute("network.io.direction", "receive"));
                Add(Load1, Math.Round(busy * 8, 2));
                Add(Load5, Math.Round(busy * 7.4, 2));
                Add(Load15, Math.Round(busy * 7, 2));
                Add(Users, at.Hour is > 8 and < 19 ? 1 + (at.Hour % 3) : 0);
                Add(Faults, Math.Round(read / 1e6), new SampleAttribute("system.paging.fault.type", "major"));
                Add(Operations, Math.Round(read / 5e6), new SampleAttribute("system.paging.direction", "in"));
                Add(Uptime, (at - end).TotalSeconds + 4e6);
                await ingest.TakeAsync(writer.Write(round, (ulong)at.ToUnixTimeMilliseconds() * 1_000_000), "unknown", default);
            }
        }
    }
}
