namespace Vigie.Hub.Sources;

/// <summary>Prometheus' node_exporter, brought by remote write.</summary>
static class NodeExporterSource
{
    const string Idle = "mode=~\"idle|iowait\"";
    const string Places = "by (host, device, mountpoint)";
    const string Files = "fstype!~\"tmpfs|ramfs|overlay|squashfs|iso9660|autofs|devtmpfs\"";
    const string Writable = "unless on (host, device, mountpoint) (node_filesystem_readonly == 1)";
    const string Wires = "device!~\"lo|veth.*|docker.*|br-.*|virbr.*|cali.*|ifb.*\"";

    /// <summary>As df has it: what is reserved for root counts as neither used nor free.</summary>
    const string Disks = $"max {Places} (1 - node_filesystem_avail_bytes{{{Files}}} / (node_filesystem_size_bytes{{{Files}}}"
        + $" - node_filesystem_free_bytes{{{Files}}} + node_filesystem_avail_bytes{{{Files}}} > 0) {Writable})";

    public static readonly MetricSource Source = new("node_exporter")
    {
        Cpu = $"1 - sum by (host) (irate(node_cpu_seconds_total{{{Idle}}}[5m])) / sum by (host) (irate(node_cpu_seconds_total[5m]))",
        CpuLasting = $"1 - sum by (host) (rate(node_cpu_seconds_total{{{Idle}}}[5m])) / sum by (host) (rate(node_cpu_seconds_total[5m]))",
        Memory = "1 - max by (host) (node_memory_MemAvailable_bytes) / max by (host) (node_memory_MemTotal_bytes)",
        Swap = "1 - max by (host) (node_memory_SwapFree_bytes) / (max by (host) (node_memory_SwapTotal_bytes) > 0)",
        Disks = Disks,
        Inodes = $"max {Places} (1 - node_filesystem_files_free{{{Files}}} / (node_filesystem_files{{{Files}}} > 0) {Writable})",
        Load = "max by (host) (node_load1)",
        Network = $"sum by (host) (irate(node_network_receive_bytes_total{{{Wires}}}[5m]))"
            + $" + sum by (host) (irate(node_network_transmit_bytes_total{{{Wires}}}[5m]))",
        Users = "sum by (host) (node_logind_sessions{class=\"user\"})",
        Uptime = "max by (host) (node_time_seconds - node_boot_time_seconds)",
        MemoryLimit = "max by (host) (node_memory_MemTotal_bytes)",
        Charts = new Dictionary<string, IReadOnlyList<Charts.ChartQuery>>(StringComparer.Ordinal)
        {
            ["cpu"] = [new("avg by (mode) (rate(node_cpu_seconds_total{mode!=\"idle\"}[$window]))", "{mode}")],
            ["memory"] =
            [
                new("node_memory_MemTotal_bytes - node_memory_MemFree_bytes - node_memory_Buffers_bytes - node_memory_Cached_bytes", "used"),
                new("node_memory_Buffers_bytes", "buffers"), new("node_memory_Cached_bytes", "cached"),
            ],
            ["filesystem"] = [new($"max by (mountpoint) ({Disks})", "{mountpoint}")],
            ["load"] = [new("node_load1", "1 min"), new("node_load5", "5 min"), new("node_load15", "15 min")],
            ["disk"] =
            [
                new("rate(node_disk_read_bytes_total[$window])", "{device} read"),
                new("rate(node_disk_written_bytes_total[$window])", "{device} write"),
            ],
            ["network"] =
            [
                new($"rate(node_network_receive_bytes_total{{{Wires}}}[$window])", "{device} receive"),
                new($"rate(node_network_transmit_bytes_total{{{Wires}}}[$window])", "{device} transmit"),
            ],
            ["paging"] =
            [
                new("rate(node_vmstat_pswpin[$window])", "swap in"), new("rate(node_vmstat_pswpout[$window])", "swap out"),
                new("rate(node_vmstat_pgmajfault[$window])", "major faults"),
            ],
            ["users"] = [new("sum(node_logind_sessions{class=\"user\"})", "users")],
            ["diskbusy"] = [new("rate(node_disk_io_time_seconds_total[$window])", "{device}")],
            ["pressure"] =
            [
                new("rate(node_pressure_cpu_waiting_seconds_total[$window])", "cpu"),
                new("rate(node_pressure_memory_waiting_seconds_total[$window])", "memory"),
                new("rate(node_pressure_io_waiting_seconds_total[$window])", "io"),
                new("rate(node_pressure_memory_stalled_seconds_total[$window])", "memory (all)"),
                new("rate(node_pressure_io_stalled_seconds_total[$window])", "io (all)"),
            ],
            ["process"] = [new("node_procs_running", "running"), new("node_procs_blocked", "blocked")],
            ["kernel"] = [new("node_filefd_allocated", "open files"), new("node_nf_conntrack_entries", "tracked connections")],
            ["sensors"] = [new("node_hwmon_temp_celsius", "{chip} {sensor}")],
        },
    };
}
