namespace Vigie.Hub.Charts;

/// <summary>The charts of a host's page, in their order: one for each probe, named like it.</summary>
static class ChartCatalog
{
    public static readonly IReadOnlyList<ChartSpec> All =
    [
        new("cpu", "CPU", ChartUnit.Percent, ChartKind.Stacked, [new("system_cpu_utilization_ratio", "{state}", "state!=\"idle\"")],
            Most: 1) { Order = ["user", "system", "nice", "iowait", "interrupt", "steal"] },
        new("memory", "Memory", ChartUnit.Bytes, ChartKind.Stacked, [new("system_memory_usage_bytes", "{state}", "state!=\"free\"")],
            Limit: new("system_memory_limit_bytes", "")) { Order = ["used", "buffers", "cached"] },
        new("filesystem", "File systems", ChartUnit.Percent, ChartKind.Lines,
            [new("system_filesystem_utilization_ratio", "{mountpoint}", "state=\"used\"")], Most: 1),
        new("load", "Load average", ChartUnit.Number, ChartKind.Lines,
            [new("vigie_load_1m", "1 min"), new("vigie_load_5m", "5 min"), new("vigie_load_15m", "15 min")])
        {
            Order = ["1 min", "5 min", "15 min"],
        },
        new("disk", "Disk", ChartUnit.BytesPerSecond, ChartKind.Lines,
            [new("system_disk_io_bytes_total", "{device} {direction}", Rate: true)]),
        new("network", "Network", ChartUnit.BytesPerSecond, ChartKind.Lines,
            [new("system_network_io_bytes_total", "{device} {direction}", Rate: true)]),
        new("paging", "Paging", ChartUnit.PerSecond, ChartKind.Lines,
        [
            new("system_paging_operations_total", "swap {direction}", Rate: true),
            new("system_paging_faults_total", "major faults", "type=\"major\"", Rate: true),
        ]),
        new("users", "Logged-in users", ChartUnit.Count, ChartKind.Lines, [new("vigie_users_logged_in", "users")]),
    ];

    public static ChartSpec? Find(string id) => All.FirstOrDefault(c => c.Id == id);
}
