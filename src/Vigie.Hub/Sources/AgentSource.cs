namespace Vigie.Hub.Sources;

/// <summary>Vigie's own agent: OpenTelemetry's conventions, with utilisation counted by the agent.</summary>
static class AgentSource
{
    public static readonly MetricSource Source = new("vigie-agent")
    {
        Cpu = "1 - sum by (host) (avg by (host, state) (system_cpu_utilization_ratio{state=~\"idle|iowait|wait\"}))",
        CpuLasting = "1 - sum by (host) (avg by (host, state) (avg_over_time(system_cpu_utilization_ratio{state=~\"idle|iowait|wait\"}[3m])))",
        Memory = "max by (host) (system_memory_utilization_ratio{state=\"used\"})",
        Swap = "max by (host) (system_paging_utilization_ratio{state=\"used\"})",
        Disks = "max by (host, device, mountpoint) (system_filesystem_utilization_ratio{state=\"used\",mode!=\"ro\"})",
        Inodes = "max by (host, device, mountpoint) (vigie_filesystem_inodes_utilization_ratio{state=\"used\",mode!=\"ro\"})",
        Load = "max by (host) (vigie_load_1m)",
        Network = "sum by (host) (irate(system_network_io_bytes_total{device!=\"lo\"}[5m]))",
        Users = "max by (host) (vigie_users_logged_in)",
        Uptime = "max by (host) (system_uptime_seconds)",
        MemoryLimit = "max by (host) (system_memory_limit_bytes)",
        Charts = new Dictionary<string, IReadOnlyList<Charts.ChartQuery>>(StringComparer.Ordinal)
        {
            ["cpu"] = [new("system_cpu_utilization_ratio{state!=\"idle\",cpu=\"\"}", "{state}")],
            ["memory"] = [new("system_memory_usage_bytes{state!~\"free|inactive|slab_.*\"}", "{state}")],
            ["filesystem"] = [new("system_filesystem_utilization_ratio{state=\"used\"}", "{mountpoint}")],
            ["load"] = [new("vigie_load_1m", "1 min"), new("vigie_load_5m", "5 min"), new("vigie_load_15m", "15 min")],
            ["disk"] = [new("rate(system_disk_io_bytes_total[$window])", "{device} {direction}")],
            ["network"] = [new("rate(system_network_io_bytes_total[$window])", "{device} {direction}")],
            ["paging"] =
            [
                new("rate(system_paging_operations_total[$window])", "swap {direction}"),
                new("rate(system_paging_faults_total{type=\"major\"}[$window])", "major faults"),
            ],
            ["users"] = [new("vigie_users_logged_in", "users")],
        },
    };
}
