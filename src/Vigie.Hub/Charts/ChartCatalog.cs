using Vigie.Hub.Sources;

namespace Vigie.Hub.Charts;

/// <summary>The charts of a host's page, in their order, named like the agent's probes.</summary>
static class ChartCatalog
{
    public static readonly IReadOnlyList<ChartSpec> All =
    [
        new("cpu", "CPU", ChartUnit.Percent, ChartKind.Stacked, Most: 1)
        {
            Order = ["user", "system", "nice", "iowait", "wait", "interrupt", "irq", "softirq", "steal"],
        },
        new("memory", "Memory", ChartUnit.Bytes, ChartKind.Stacked, Limit: HeadlineCatalog.MemoryLimit)
        {
            Order = ["used", "buffers", "buffered", "cached"],
        },
        new("filesystem", "File systems", ChartUnit.Percent, ChartKind.Lines, Most: 1),
        new("load", "Load average", ChartUnit.Number, ChartKind.Lines) { Order = ["1 min", "5 min", "15 min"] },
        new("disk", "Disk", ChartUnit.BytesPerSecond, ChartKind.Lines),
        new("network", "Network", ChartUnit.BytesPerSecond, ChartKind.Lines),
        new("paging", "Paging", ChartUnit.PerSecond, ChartKind.Lines),
        new("users", "Logged-in users", ChartUnit.Count, ChartKind.Lines),
        new("cores", "CPU by core", ChartUnit.Percent, ChartKind.Lines, Most: 1) { OnlyWithData = true },
        new("diskbusy", "Disk: time at work", ChartUnit.Percent, ChartKind.Lines, Most: 1) { OnlyWithData = true },
        new("pressure", "Pressure: time spent waiting", ChartUnit.Percent, ChartKind.Lines) { OnlyWithData = true },
        new("process", "Processes", ChartUnit.Count, ChartKind.Lines)
        {
            Order = ["running", "blocked", "stopped", "defunct"],
            OnlyWithData = true,
        },
        new("kernel", "Open files and connections", ChartUnit.Count, ChartKind.Lines) { OnlyWithData = true },
        new("sensors", "Temperatures", ChartUnit.Celsius, ChartKind.Lines) { OnlyWithData = true },
        new("containercpu", "Containers: CPU, of one core", ChartUnit.Percent, ChartKind.Lines) { OnlyWithData = true },
        new("containermemory", "Containers: memory", ChartUnit.Bytes, ChartKind.Lines) { OnlyWithData = true },
    ];

    public static ChartSpec? Find(string id) => All.FirstOrDefault(c => c.Id == id);
}
