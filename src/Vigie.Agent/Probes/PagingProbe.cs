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

    const int SwapTotal = 0, SwapFree = 1, SwappedIn = 0, SwappedOut = 1, AllFaults = 2, MajorFaults = 3;

    readonly KeyedNumbers _space = new("/proc/meminfo", "SwapTotal:", "SwapFree:"),
        _traffic = new("/proc/vmstat", "pswpin", "pswpout", "pgfault", "pgmajfault");
    readonly HostFile _meminfo = context.Root.SharedFile("/proc/meminfo"), _vmstat = context.Root.SharedFile("/proc/vmstat");

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
        _space.Read(meminfo);
        if (_space[SwapTotal] * 1024.0 is not { } total || total == 0)
            return;
        double free = Math.Min(_space[SwapFree] * 1024.0 ?? 0, total);
        sink.Add(Usage, total - free, Used);
        sink.Add(Usage, free, Free);
        sink.Add(Utilization, (total - free) / total, Used);
    }

    void ReportTraffic(ISampleSink sink, ReadOnlySpan<byte> vmstat)
    {
        _traffic.Read(vmstat);
        if (_traffic[SwappedIn] is { } swappedIn)
            sink.Add(Operations, swappedIn, In);
        if (_traffic[SwappedOut] is { } swappedOut)
            sink.Add(Operations, swappedOut, Out);
        if (_traffic[AllFaults] is not { } faults || _traffic[MajorFaults] is not { } major)
            return;
        sink.Add(Faults, major, Major);
        sink.Add(Faults, faults > major ? faults - major : 0, Minor);
    }
}
