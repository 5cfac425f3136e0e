using Vigie.Agent.Reading;

namespace Vigie.Agent.Exposition;

/// <summary>Disks, from /proc/diskstats; partitions and what lies in memory or files is left out, as there.</summary>
sealed class DiskCollector(HostRoot root) : INodeCollector
{
    const string Path = "/proc/diskstats";
    const double SectorBytes = 512, Milliseconds = 0.001;

    static readonly ColumnTable.Column[] Columns =
    [
        new("node_disk_reads_completed_total", "Reads completed."),
        new("node_disk_reads_merged_total", "Reads merged with others."),
        new("node_disk_read_bytes_total", "Bytes read.", SectorBytes),
        new("node_disk_read_time_seconds_total", "Sum of the times that reads took.", Milliseconds),
        new("node_disk_writes_completed_total", "Writes completed."),
        new("node_disk_writes_merged_total", "Writes merged with others."),
        new("node_disk_written_bytes_total", "Bytes written.", SectorBytes),
        new("node_disk_write_time_seconds_total", "Sum of the times that writes took.", Milliseconds),
        new("node_disk_io_now", "Operations under way.", IsGauge: true),
        new("node_disk_io_time_seconds_total", "Time during which at least one operation was under way.", Milliseconds),
        new("node_disk_io_time_weighted_seconds_total", "Time in which operations were under way, times their number.", Milliseconds),
        new("node_disk_discards_completed_total", "Discards completed."),
        new("node_disk_discards_merged_total", "Discards merged with others."),
        new("node_disk_discarded_sectors_total", "Sectors discarded."),
        new("node_disk_discard_time_seconds_total", "Sum of the times that discards took.", Milliseconds),
        new("node_disk_flush_requests_total", "Flushes completed."),
        new("node_disk_flush_requests_time_seconds_total", "Sum of the times that flushes took.", Milliseconds),
    ];

    public string Name => "diskstats";

    public ValueTask WriteAsync(NodeText text, CancellationToken ct)
    {
        ReadOnlySpan<byte> lines = root.File(Path).ReadOnce();
        var rows = new List<(string, double[])>();
        while (lines.TakeLine(out var line))
            if (line.SkipFields(2) && line.TakeField(out var name) && ColumnTable.Text(name) is var device && IsDisk(device))
                rows.Add((device, ColumnTable.Numbers(line, Path)));
        ColumnTable.Write(text, rows, Columns);
        return default;
    }

    // node_exporter's own rule: ^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$
    static bool IsDisk(string device)
    {
        string stem = device.TrimEnd("0123456789".AsSpan().ToArray());
        return stem.Length == device.Length || !(stem is "ram" or "loop" or "fd"
            || stem is ['h' or 's' or 'v', 'd', >= 'a' and <= 'z'] or ['x', 'v', 'd', >= 'a' and <= 'z']
            || (stem.StartsWith("nvme", StringComparison.Ordinal) && stem.EndsWith('p')));
    }
}
