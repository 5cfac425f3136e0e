using Vigie.Hub.Charts;

namespace Vigie.Hub.Sources;

/// <summary>
/// How one kind of sender tells of a host, in PromQL. Null is what it does not tell. A new kind is a file like the others, and its
/// place in <see cref="All"/>, which is the order in which they are asked.
/// </summary>
sealed record MetricSource(string Name)
{
    /// <summary>Shares of the time in which the CPU is not idle, by host, 0 to 1: at the last report.</summary>
    public string? Cpu { get; init; }

    /// <summary>The same over some minutes: what a rule asks, because a compiler's run is no alert.</summary>
    public string? CpuLasting { get; init; }

    /// <summary>Share of the memory that programs can't get any more, by host.</summary>
    public string? Memory { get; init; }

    /// <summary>Share of the swap space in use, by host.</summary>
    public string? Swap { get; init; }

    /// <summary>Share in use of each file system that can be written to, by host, device and mountpoint.</summary>
    public string? Disks { get; init; }

    /// <summary>Share of the inodes in use, likewise.</summary>
    public string? Inodes { get; init; }

    /// <summary>Load average of one minute, by host.</summary>
    public string? Load { get; init; }

    /// <summary>Bytes a second in both directions, by host.</summary>
    public string? Network { get; init; }

    /// <summary>Logged-in users, by host.</summary>
    public string? Users { get; init; }

    /// <summary>Seconds since the start, by host.</summary>
    public string? Uptime { get; init; }

    /// <summary>What each chart shows, by the chart's name.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<ChartQuery>> Charts { get; init; }

    /// <summary>Bytes of memory there are, by host: the end of the memory chart's axis.</summary>
    public string? MemoryLimit { get; init; }

    public static IReadOnlyList<MetricSource> All { get; } =
        [AgentSource.Source, CollectorSource.Source, NodeExporterSource.Source, TelegrafSource.Source];
}
