namespace Vigie.Hub.Sources;

/// <summary>Telegraf's plugins cpu, mem, swap, disk, diskio, net and system, brought by its remote write serializer.</summary>
static class TelegrafSource
{
    const string All = "cpu=\"cpu-total\"";
    const string Files = "fstype!~\"tmpfs|ramfs|overlay|squashfs|iso9660|autofs|devtmpfs\",mode!~\"ro|ro,.*\"";
    const string Wires = "interface!~\"lo|all|veth.*|docker.*|br-.*|virbr.*\"";

    public static readonly MetricSource Source = new("telegraf")
    {
        Cpu = $"1 - max by (host) (cpu_usage_idle{{{All}}} + on (host) cpu_usage_iowait{{{All}}}) / 100",
        CpuLasting = $"1 - max by (host) (avg_over_time(cpu_usage_idle{{{All}}}[3m]) + on (host) avg_over_time(cpu_usage_iowait{{{All}}}[3m])) / 100",
        Memory = "1 - max by (host) (mem_available_percent) / 100",
        Swap = "max by (host) (swap_used_percent) / 100",
        Disks = Mounted($"disk_used_percent{{{Files}}} / 100"),
        Inodes = Mounted($"1 - disk_inodes_free{{{Files}}} / (disk_inodes_total{{{Files}}} > 0)"),
        Load = "max by (host) (system_load1)",
        Network = $"sum by (host) (irate(net_bytes_recv{{{Wires}}}[5m])) + sum by (host) (irate(net_bytes_sent{{{Wires}}}[5m]))",
        Users = "max by (host) (system_n_users)",
        Uptime = "max by (host) (system_uptime)",
        MemoryLimit = "max by (host) (mem_total)",
        Charts = new Dictionary<string, IReadOnlyList<Charts.ChartQuery>>(StringComparer.Ordinal)
        {
            ["cpu"] =
            [
                .. new[] { "user", "system", "nice", "iowait", "irq", "softirq", "steal" }
                    .Select(state => new Charts.ChartQuery($"cpu_usage_{state}{{{All}}} / 100", state)),
            ],
            ["memory"] = [new("mem_used", "used"), new("mem_buffered", "buffers"), new("mem_cached", "cached")],
            ["filesystem"] = [new($"disk_used_percent{{{Files}}} / 100", "{path}")],
            ["load"] = [new("system_load1", "1 min"), new("system_load5", "5 min"), new("system_load15", "15 min")],
            ["disk"] =
            [
                new("rate(diskio_read_bytes[$window])", "{name} read"), new("rate(diskio_write_bytes[$window])", "{name} write"),
            ],
            ["network"] =
            [
                new($"rate(net_bytes_recv{{{Wires}}}[$window])", "{interface} receive"),
                new($"rate(net_bytes_sent{{{Wires}}}[$window])", "{interface} transmit"),
            ],
            ["paging"] = [new("rate(swap_in[$window])", "swap in"), new("rate(swap_out[$window])", "swap out")],
            ["users"] = [new("system_n_users", "users")],
        },
    };

    /// <summary>Its mount point is called path.</summary>
    static string Mounted(string perPath) =>
        $"max by (host, device, mountpoint) (label_replace({perPath}, \"mountpoint\", \"$1\", \"path\", \"(.*)\"))";
}
