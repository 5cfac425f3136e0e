namespace Vigie.Hub.Sources;

/// <summary>Vigie's own agent: OpenTelemetry's conventions, with utilisation counted by the agent.</summary>
static class AgentSource
{
    const string Container = "by (host, container_id, container_name)";

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
            ["cores"] = [new("vigie_cpu_core_utilization_ratio", "core {cpu}")],
            ["diskbusy"] = [new("rate(system_disk_io_time_seconds_total[$window])", "{device}")],
            ["pressure"] =
            [
                new("rate(vigie_pressure_time_seconds_total{stall=\"some\"}[$window])", "{resource}"),
                new("rate(vigie_pressure_time_seconds_total{stall=\"full\"}[$window])", "{resource} (all)"),
            ],
            ["process"] = [new("system_process_count{state!~\"sleeping|idle\"}", "{state}")],
            ["kernel"] = [new("vigie_file_descriptor_count", "open files"), new("vigie_conntrack_count", "tracked connections")],
            ["sensors"] = [new("hw_temperature_celsius", "{hw_name}")],
            ["containercpu"] = [new(Greatest($"sum {Container} (rate(container_cpu_time_seconds_total[$window]{{0}}))"), "{container_name}")],
            ["containermemory"] =
                [new(Greatest($"max {Container} (max_over_time(container_memory_working_set_bytes[$window]{{0}}))"), "{container_name}")],
        },
    };

    /// <summary>The eight that are greatest at the end: a host may run hundreds, and a chart of all would show none.</summary>
    /// <param name="expression">With <c>{0}</c> where a modifier of time stands.</param>
    static string Greatest(string expression) =>
        $"{expression.Replace("{0}", "", StringComparison.Ordinal)} and on (host, container_id) "
        + $"topk by (host) (8, {expression.Replace("{0}", " @ end()", StringComparison.Ordinal)})";
}
