namespace Vigie.Hub.Sources;

/// <summary>
/// The OpenTelemetry Collector's hostmetrics, in its older dialect and in the conventions' (the ingest gives both the same labels). Memory
/// and file systems come as bytes by state, and the CPU as seconds by core. What it has in common with the agent is asked there.
/// </summary>
static class CollectorSource
{
    const string Idle = "state=~\"idle|iowait|wait\"";
    const string Memory = "system_memory_usage_bytes{state!~\"inactive|slab_.*\"}";
    const string Places = "by (host, device, mountpoint)";
    const string Files = "type!~\"tmpfs|ramfs|overlay|squashfs|iso9660|autofs|devtmpfs\",mode!~\"ro|ro,.*\"";

    public static readonly MetricSource Source = new("opentelemetry-collector")
    {
        Cpu = $"1 - sum by (host) (irate(system_cpu_time_seconds_total{{{Idle}}}[5m])) / sum by (host) (irate(system_cpu_time_seconds_total[5m]))",
        CpuLasting =
            $"1 - sum by (host) (rate(system_cpu_time_seconds_total{{{Idle}}}[5m])) / sum by (host) (rate(system_cpu_time_seconds_total[5m]))",
        Memory = $"sum by (host) (system_memory_usage_bytes{{state=\"used\"}}) / sum by (host) ({Memory})",
        Swap = "sum by (host) (system_paging_usage_bytes{state=\"used\"}) / (sum by (host) (system_paging_usage_bytes) > 0)",
        Disks = Used("system_filesystem_usage_bytes"),
        Inodes = Used("system_filesystem_inodes_usage"),
        Load = "max by (host) (system_cpu_load_average_1m)",
        MemoryLimit = $"sum by (host) ({Memory})",
        Charts = new Dictionary<string, IReadOnlyList<Charts.ChartQuery>>(StringComparer.Ordinal)
        {
            ["cpu"] = [new("avg by (state) (rate(system_cpu_time_seconds_total{state!=\"idle\"}[$window]))", "{state}")],
            ["filesystem"] = [new($"max by (mountpoint) ({Used("system_filesystem_usage_bytes")})", "{mountpoint}")],
            ["load"] =
            [
                new("system_cpu_load_average_1m", "1 min"), new("system_cpu_load_average_5m", "5 min"),
                new("system_cpu_load_average_15m", "15 min"),
            ],
        },
    };

    /// <summary>Of what is used and free; what is reserved for root counts as neither, as df has it.</summary>
    static string Used(string metric) =>
        $"sum {Places} ({metric}{{state=\"used\",{Files}}}) / (sum {Places} ({metric}{{state=~\"used|free\",{Files}}}) > 0)";
}
