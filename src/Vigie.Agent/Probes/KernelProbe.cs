using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;

namespace Vigie.Agent.Probes;

/// <summary>
/// What the kernel has handed out of tables that end: open files, tracked connections, random bits. Each comes from a file of
/// /proc/sys, and one that this host doesn't have is left out.
/// </summary>
sealed class KernelProbe(ProbeContext context) : IProbe
{
    // A kernel without a limit says 2⁶³-1, which no chart and no ratio has a use for.
    const ulong Unlimited = long.MaxValue;

    static readonly MetricInfo Files =
        new("vigie.file_descriptor.count", "{descriptor}", MetricKind.Gauge, "File descriptors open in all processes.");
    static readonly MetricInfo MostFiles =
        new("vigie.file_descriptor.limit", "{descriptor}", MetricKind.Gauge, "File descriptors there can be; left out when there is no end.");
    static readonly MetricInfo Tracked =
        new("vigie.conntrack.count", "{connection}", MetricKind.Gauge, "Connections that the firewall keeps track of.");
    static readonly MetricInfo MostTracked = new("vigie.conntrack.limit", "{connection}", MetricKind.Gauge,
        "Connections that the firewall can keep track of; when they are reached, new ones are dropped.");
    static readonly MetricInfo Entropy =
        new("vigie.entropy.available", "{bit}", MetricKind.Gauge, "Random bits in store; kernels since 5.18 always say 256.");

    readonly HostFile _files = context.Root.File("/proc/sys/fs/file-nr"),
        _tracked = context.Root.File("/proc/sys/net/netfilter/nf_conntrack_count"),
        _mostTracked = context.Root.File("/proc/sys/net/netfilter/nf_conntrack_max"),
        _entropy = context.Root.File("/proc/sys/kernel/random/entropy_avail");

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("kernel", static context => new KernelProbe(context));

    public ProbeInfo Info { get; } = new("kernel", [Files, MostFiles, Tracked, MostTracked, Entropy], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        bool any = ReportFiles(sink) | ReportNumber(sink, Tracked, _tracked) | ReportNumber(sink, MostTracked, _mostTracked)
            | ReportNumber(sink, Entropy, _entropy);
        if (!any)
            sink.NoData("/proc/sys holds neither fs/file-nr nor net/netfilter/nf_conntrack_count nor kernel/random/entropy_avail");
        return default;
    }

    // allocated, allocated but unused (always 0 since Linux 2.6), most
    bool ReportFiles(ISampleSink sink)
    {
        var text = _files.ReadIfGiven();
        if (!text.TakeLine(out var line))
            return false;
        ulong allocated = line.TakeNumber(_files.Name), unused = line.TakeNumber(_files.Name), most = line.TakeNumber(_files.Name);
        sink.Add(Files, allocated > unused ? allocated - unused : 0);
        if (most < Unlimited)
            sink.Add(MostFiles, most);
        return true;
    }

    static bool ReportNumber(ISampleSink sink, MetricInfo metric, HostFile file)
    {
        var text = file.ReadIfGiven();
        if (!text.IsEmpty)
            sink.Add(metric, text.OnlyNumber(file.Name));
        return !text.IsEmpty;
    }
}
