using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>Swap space from /proc/meminfo, swapping and page faults from /proc/vmstat. Without swap there is no usage to report.</summary>
sealed class PagingProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo Usage =
        new("system.paging.usage", "By", MetricKind.Gauge, "Swap space by state; the states add up to all of it.");
    static readonly MetricInfo Utilization = new("system.paging.utilization", "1", MetricKind.Gauge, "Share of the swap space in use.");
    static readonly MetricInfo Operations = new("system.paging.operations", "{operation}", MetricKind.Counter, "Pages swapped in and out.");
    static readonly MetricInfo Faults = new("system.paging.faults", "{fault}", MetricKind.Counter,
        "Page faults: major ones had to read from a disk, minor ones had not.");

    static readonly SampleAttribute Used = new("system.paging.state", "used"), Free = new("system.paging.state", "free"),
        In = new("system.paging.direction", "in"), Out = new("system.paging.direction", "out"),
        Major = new("system.paging.fault.type", "major"), Minor = new("system.paging.fault.type", "minor");

    readonly HostFile _meminfo = context.Root.File("/proc/meminfo"), _vmstat = context.Root.File("/proc/vmstat");

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("paging", static context => new PagingProbe(context));

    public ProbeInfo Info { get; } = new("paging", [Usage, Utilization, Operations, Faults], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        ReadOnlySpan<byte> meminfo = _meminfo.Read(), vmstat = _vmstat.Read();
        if (meminfo.IsEmpty && vmstat.IsEmpty)
            sink.NoData("/proc/meminfo and /proc/vmstat are missing or empty");
        ReportSpace(sink, meminfo);
        ReportTraffic(sink, vmstat);
        return default;
    }

    void ReportSpace(ISampleSink sink, ReadOnlySpan<byte> meminfo)
    {
        if (meminfo.NumberOf("SwapTotal:"u8, _meminfo.Name) * 1024.0 is not { } total || total == 0)
            return;
        double free = Math.Min(meminfo.NumberOf("SwapFree:"u8, _meminfo.Name) * 1024.0 ?? 0, total);
        sink.Add(Usage, total - free, Used);
        sink.Add(Usage, free, Free);
        sink.Add(Utilization, (total - free) / total, Used);
    }

    void ReportTraffic(ISampleSink sink, ReadOnlySpan<byte> vmstat)
    {
        if (vmstat.NumberOf("pswpin"u8, _vmstat.Name) is { } swappedIn)
            sink.Add(Operations, swappedIn, In);
        if (vmstat.NumberOf("pswpout"u8, _vmstat.Name) is { } swappedOut)
            sink.Add(Operations, swappedOut, Out);
        if (vmstat.NumberOf("pgfault"u8, _vmstat.Name) is not { } faults || vmstat.NumberOf("pgmajfault"u8, _vmstat.Name) is not { } major)
            return;
        sink.Add(Faults, major, Major);
        sink.Add(Faults, faults > major ? faults - major : 0, Minor);
    }
}
