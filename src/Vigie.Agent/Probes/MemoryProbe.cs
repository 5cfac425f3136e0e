using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>Main memory, from /proc/meminfo. The states of <c>usage</c> add up to the limit, so they can be stacked.</summary>
sealed class MemoryProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo Usage =
        new("system.memory.usage", "By", MetricKind.Gauge, "Memory by state; the states add up to the limit.");
    static readonly MetricInfo Utilization = new("system.memory.utilization", "1", MetricKind.Gauge,
        "Share of memory that no program could get without swapping: 1 minus available by limit.");
    static readonly MetricInfo Limit = new("system.memory.limit", "By", MetricKind.Gauge, "Memory this host has.");
    static readonly MetricInfo Available = new("system.memory.linux.available", "By", MetricKind.Gauge,
        "Memory that programs could get without swapping, as the kernel estimates it.");

    static readonly SampleAttribute Used = new("system.memory.state", "used"), Free = new("system.memory.state", "free"),
        Buffers = new("system.memory.state", "buffers"), Cached = new("system.memory.state", "cached");

    readonly HostFile _meminfo = context.Root.File("/proc/meminfo");

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("memory", static context => new MemoryProbe(context));

    public ProbeInfo Info { get; } = new("memory", [Usage, Utilization, Limit, Available], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        var text = _meminfo.Read();
        if (text.IsEmpty)
            sink.NoData("/proc/meminfo is missing or empty");
        else
            Report(sink, text);
        return default;
    }

    void Report(ISampleSink sink, ReadOnlySpan<byte> text)
    {
        double total = Bytes(text, "MemTotal:"u8) is { } t and > 0 ? t
            : throw new FormatException("/proc/meminfo: MemTotal was expected, and is missing or 0");
        double free = Bytes(text, "MemFree:"u8) ?? 0, buffers = Bytes(text, "Buffers:"u8) ?? 0;
        double cached = (Bytes(text, "Cached:"u8) ?? 0) + (Bytes(text, "SReclaimable:"u8) ?? 0);
        double available = Math.Min(Bytes(text, "MemAvailable:"u8) ?? free + buffers + cached, total); // since Linux 3.14

        double used = total - free - buffers - cached;
        if (used < 0) // containers that mix their own limit with the host's cache
            (used, cached) = (0, Math.Max(0, total - free - buffers));

        sink.Add(Usage, used, Used);
        sink.Add(Usage, free, Free);
        sink.Add(Usage, buffers, Buffers);
        sink.Add(Usage, cached, Cached);
        sink.Add(Utilization, 1 - available / total, Used);
        sink.Add(Limit, total);
        sink.Add(Available, available);
    }

    double? Bytes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) => text.NumberOf(key, _meminfo.Name) * 1024.0;
}
