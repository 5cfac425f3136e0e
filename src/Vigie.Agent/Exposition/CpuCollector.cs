using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Agent.Exposition;

/// <summary>Processors by mode, and what else /proc/stat counts.</summary>
sealed class CpuCollector(HostRoot root) : INodeCollector
{
    const string Path = "/proc/stat";
    const double TicksPerSecond = 100;

    static readonly string[] Modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];

    // key, metric, whether it counts
    static readonly (string Key, string Metric, bool Counts, string Help)[] Figures =
    [
        ("btime", "node_boot_time_seconds", false, "When the host started, in seconds since 1970."),
        ("ctxt", "node_context_switches_total", true, "Context switches."),
        ("intr", "node_intr_total", true, "Interrupts serviced."),
        ("processes", "node_forks_total", true, "Processes and threads started."),
        ("procs_running", "node_procs_running", false, "Processes that run or could."),
        ("procs_blocked", "node_procs_blocked", false, "Processes that wait for a disk."),
    ];

    public string Name => "cpu";

    public ValueTask WriteAsync(NodeText text, CancellationToken ct)
    {
        ReadOnlySpan<byte> lines = root.File(Path).ReadOnce();
        bool begun = false;
        while (lines.TakeLine(out var line))
        {
            if (!line.TakeField(out var field))
                continue;
            string key = Encoding.ASCII.GetString(field);
            if (key.StartsWith("cpu", StringComparison.Ordinal) && key.Length > 3)
            {
                if (!begun)
                    text.Counter("node_cpu_seconds_total", "Seconds the processors spent in each mode.");
                begun = true;
                foreach (string mode in Modes)
                    text.Sample(line.TakeNumber(Path) / TicksPerSecond, ("cpu", key[3..]), ("mode", mode));
            }
            else if (Figures.FirstOrDefault(f => f.Key == key) is { Key: not null } figure)
            {
                text.Metric(figure.Metric, figure.Counts ? "counter" : "gauge", figure.Help).Sample(line.TakeNumber(Path));
            }
        }
        return default;
    }
}
