using Vigie.Agent.Reading;

namespace Vigie.Agent.Exposition;

/// <summary>Network interfaces, from /proc/net/dev and /sys/class/net.</summary>
sealed class NetworkCollector(HostRoot root) : INodeCollector
{
    const string Path = "/proc/net/dev", Folder = "/sys/class/net";

    static readonly ColumnTable.Column[] Columns =
    [
        .. new[] { "bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast" }
            .Select(c => new ColumnTable.Column($"node_network_receive_{c}_total", $"Received, column {c} of {Path}.")),
        .. new[] { "bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed" }
            .Select(c => new ColumnTable.Column($"node_network_transmit_{c}_total", $"Transmitted, column {c} of {Path}.")),
    ];

    // file, metric, factor
    static readonly (string File, string Metric, double Factor, string Help)[] Properties =
    [
        ("carrier", "node_network_carrier", 1, "1 when the interface has its link."),
        ("mtu", "node_network_mtu_bytes", 1, "Most bytes in a packet."),
        ("speed", "node_network_speed_bytes", 1_000_000 / 8.0, "What the link can carry in a second."),
    ];

    public string Name => "netdev";

    public ValueTask WriteAsync(NodeText text, CancellationToken ct)
    {
        ReadOnlySpan<byte> lines = root.File(Path).ReadOnce();
        var rows = new List<(string Device, double[])>();
        while (lines.TakeLine(out var line))
            if (line.LastIndexOf((byte)':') is > 0 and var colon)
                rows.Add((ColumnTable.Text(line[..colon].Trim((byte)' ')), ColumnTable.Numbers(line[(colon + 1)..], Path)));
        // What a host says to itself is no traffic; Debian's node_exporter leaves it out as well.
        ColumnTable.Write(text, [.. rows.Where(r => r.Device is not "lo")], Columns);

        string[] devices = [.. rows.Select(r => r.Device).Where(d => Directory.Exists(root.Map($"{Folder}/{d}")))];
        if (devices.Length == 0)
            return default;
        text.Gauge("node_network_up", "1 when the interface's state is up.");
        foreach (string device in devices)
            text.Sample(root.ReadLine($"{Folder}/{device}/operstate") is "up" ? 1 : 0, ("device", device));
        foreach (var (file, metric, factor, help) in Properties)
        {
            bool begun = false;
            foreach (string device in devices)
            {
                // An interface that is down refuses to be read.
                if (!long.TryParse(root.ReadLine($"{Folder}/{device}/{file}"), out long value))
                    continue;
                if (!begun)
                    text.Gauge(metric, help);
                begun = true;
                text.Sample(value * factor, ("device", device));
            }
        }
        return default;
    }
}
