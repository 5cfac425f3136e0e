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
        Buffers = new("system.memory.state", "buffers"), Cached = new("system.memory.state", "cached"),
        Reserved = new("system.memory.state", "reserved");

    static readonly MetricInfo Shared = new("system.memory.linux.shared", "By", MetricKind.Gauge,
        "Memory that programs share and files in memory take; part of cached, though it can't be given up.");
    static readonly MetricInfo Slab =
        new("system.memory.linux.slab.usage", "By", MetricKind.Gauge, "Memory the kernel keeps objects of its own in, by whether it could give it up.");
    static readonly MetricInfo Part = new("vigie.memory.part", "By", MetricKind.Gauge,
        "Memory by what it is used for or what is to become of it; the parts overlap.");
    static readonly MetricInfo Committed = new("vigie.memory.committed", "By", MetricKind.Gauge,
        "Memory that programs have asked for and could come to use, swap space included.");
    static readonly MetricInfo MostCommitted = new("vigie.memory.commit_limit", "By", MetricKind.Gauge,
        "What programs may ask for in all; kept to only where the kernel is set not to overcommit.");
    static readonly MetricInfo HugePages =
        new("vigie.memory.huge_pages", "{page}", MetricKind.Gauge, "Huge pages that were set aside at boot or by the administrator, by state.");

    // Those that every kernel needs come first.
    static readonly string[] Keys = ["MemTotal:", "MemFree:", "Buffers:", "Cached:", "SReclaimable:", "MemAvailable:", "HugePages_Total:",
        "HugePages_Free:", "HugePages_Rsvd:"];
    const int MemTotal = 0, MemFree = 1, MemBuffers = 2, MemCached = 3, MemReclaimable = 4, MemAvailable = 5, HugeTotal = 6, HugeFree = 7,
        HugeReserved = 8;

    static readonly Figure[] Figures =
    [
        new("Shmem:", Shared, 1024),
        new("SReclaimable:", Slab, 1024, new SampleAttribute("system.memory.linux.slab.state", "reclaimable")),
        new("SUnreclaim:", Slab, 1024, new SampleAttribute("system.memory.linux.slab.state", "unreclaimable")),
        PartOf("AnonPages:", "anonymous"), PartOf("AnonHugePages:", "anonymous_huge"), PartOf("Mapped:", "mapped"),
        PartOf("Active:", "active"), PartOf("Inactive:", "inactive"), PartOf("Unevictable:", "unevictable"), PartOf("Mlocked:", "locked"),
        PartOf("Dirty:", "dirty"), PartOf("Writeback:", "writeback"), PartOf("KernelStack:", "kernel_stack"),
        PartOf("PageTables:", "page_tables"), PartOf("Percpu:", "per_cpu"), PartOf("SwapCached:", "swap_cached"),
        PartOf("HardwareCorrupted:", "corrupted"),
        new("Committed_AS:", Committed, 1024), new("CommitLimit:", MostCommitted, 1024),
    ];

    readonly HostFile _meminfo = context.Root.SharedFile("/proc/meminfo");
    readonly KeyedNumbers _numbers = new("/proc/meminfo", [.. Keys, .. Figures.Select(f => f.Key).Except(Keys)]);
    readonly int[] _figureAt = [.. Figures.Select(f => PlaceOf(f.Key))];

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("memory", static context => new MemoryProbe(context));

    public ProbeInfo Info { get; } = new("memory", [Usage, Utilization, Limit, Available, Shared, Slab, Part, Committed, MostCommitted, HugePages],
        IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        var text = _meminfo.Read();
        if (text.IsEmpty)
            sink.NoData("/proc/meminfo is missing or empty");
        else
            Report(sink, text);
        return default;
    }

    static Figure PartOf(string key, string part) => new(key, Part, 1024, new SampleAttribute("part", part));

    static int PlaceOf(string key) => Array.IndexOf([.. Keys, .. Figures.Select(f => f.Key).Except(Keys)], key);

    void Report(ISampleSink sink, ReadOnlySpan<byte> text)
    {
        _numbers.Read(text);
        double total = Bytes(MemTotal) is { } t and > 0 ? t
            : throw new FormatException("/proc/meminfo: MemTotal was expected, and is missing or 0");
        double free = Bytes(MemFree) ?? 0, buffers = Bytes(MemBuffers) ?? 0, cached = (Bytes(MemCached) ?? 0) + (Bytes(MemReclaimable) ?? 0);
        double available = Math.Min(Bytes(MemAvailable) ?? free + buffers + cached, total); // since Linux 3.14

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
        for (int i = 0; i < Figures.Length; i++)
            Figures[i].AddTo(sink, _numbers[_figureAt[i]]);
        ReportHugePages(sink);
    }

    void ReportHugePages(ISampleSink sink)
    {
        if (_numbers[HugeTotal] is not { } total || total == 0)
            return;
        double free = Math.Min(_numbers[HugeFree] ?? 0, total), reserved = Math.Min(_numbers[HugeReserved] ?? 0, free);
        sink.Add(HugePages, total - free, Used);
        sink.Add(HugePages, free - reserved, Free);
        sink.Add(HugePages, reserved, Reserved);
    }

    double? Bytes(int key) => _numbers[key] * 1024.0;
}
