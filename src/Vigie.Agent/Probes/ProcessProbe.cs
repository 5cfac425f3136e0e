using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>How many processes there are and what they do, from /proc/[pid]/stat, /proc/stat and /proc/loadavg.</summary>
sealed class ProcessProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo Count = new("system.process.count", "{process}", MetricKind.Gauge,
        "Processes by state, the kernel's own included; blocked ones wait for a disk, defunct ones for their parent.");
    static readonly MetricInfo Created = new("system.process.created", "{process}", MetricKind.Counter, "Processes and threads started.");
    static readonly MetricInfo Limit =
        new("system.process.limit", "{thread}", MetricKind.Gauge, "Threads there can be at most, those of all processes together.");
    static readonly MetricInfo Threads = new("vigie.thread.count", "{thread}", MetricKind.Gauge, "Threads of all processes.");

    static readonly SampleAttribute[] States = [.. ProcessTable.States.Select(s => new SampleAttribute("process.state", s))];

    readonly ProcessTable _table = context.Processes ?? new(context.Root, context.Time);
    readonly int[] _counts = new int[ProcessTable.States.Length];
    readonly HostFile _stat = context.Root.SharedFile("/proc/stat"), _loadavg = context.Root.SharedFile("/proc/loadavg"),
        _mostPids = context.Root.File("/proc/sys/kernel/pid_max"), _mostThreads = context.Root.File("/proc/sys/kernel/threads-max");

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("process", static context => new ProcessProbe(context));

    public ProbeInfo Info { get; } = new("process", [Count, Created, Limit, Threads], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        var counts = ByState();
        for (int i = 0; i < counts.Length; i++)
            sink.Add(Count, counts[i], States[i]);
        ReadOnlySpan<byte> stat = _stat.ReadIfGiven(), loadavg = _loadavg.ReadIfGiven();
        if (counts.IsEmpty && stat.IsEmpty && loadavg.IsEmpty)
        {
            sink.NoData("/proc/1/stat, /proc/stat and /proc/loadavg are missing, empty or hidden");
            return default;
        }
        if (stat.NumberOf("processes"u8, _stat.Name) is { } created)
            sink.Add(Created, created);
        if (!loadavg.IsEmpty)
            sink.Add(Threads, ThreadsOf(loadavg));
        if (MostThreads() is { } most)
            sink.Add(Limit, most);
        return default;
    }

    /// <summary>Empty when processes are hidden.</summary>
    ReadOnlySpan<int> ByState()
    {
        lock (_table.Gate)
        {
            if (!_table.Refresh())
                return default;
            _table.Count(_counts);
            return _counts;
        }
    }

    // 0.20 0.18 0.12 1/80 11206
    double ThreadsOf(ReadOnlySpan<byte> loadavg)
    {
        int slash = loadavg.IndexOf((byte)'/');
        if (slash < 0)
            throw new FormatException($"{_loadavg.Name}: threads running/threads were expected, found {TextScan.Quote(loadavg)}");
        var behind = loadavg[(slash + 1)..];
        return behind.TakeNumber(_loadavg.Name);
    }

    // Every thread takes a number of a process, so both are limits.
    double? MostThreads()
    {
        ReadOnlySpan<byte> pids = _mostPids.ReadIfGiven(), threads = _mostThreads.ReadIfGiven();
        return pids.IsEmpty || threads.IsEmpty ? null : Math.Min(pids.OnlyNumber(_mostPids.Name), threads.OnlyNumber(_mostThreads.Name));
    }
}
