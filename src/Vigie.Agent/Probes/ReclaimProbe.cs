using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>
/// What the kernel does when memory is short, from /proc/vmstat: whether it is looking for pages in vain, makes programs wait for them, has to
/// read again what it has just given up, or has killed a program.
/// </summary>
sealed class ReclaimProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo OomKills = new("vigie.memory.oom_kills", "{process}", MetricKind.Counter,
        "Processes killed because memory was at its end, that of a control group included.");
    static readonly MetricInfo Scanned = new("vigie.memory.pages.scanned", "{page}", MetricKind.Counter,
        "Pages looked at to be freed: by the kernel's own thread (kswapd), or by programs that had to wait for it (direct).");
    static readonly MetricInfo Reclaimed = new("vigie.memory.pages.reclaimed", "{page}", MetricKind.Counter,
        "Those of them that were freed; few of many scanned are a sign of thrashing.");
    static readonly MetricInfo Stalls = new("vigie.memory.allocation.stalls", "{stall}", MetricKind.Counter,
        "How often a program had to free memory itself before it got some.");
    static readonly MetricInfo Refaults = new("vigie.memory.refaults", "{page}", MetricKind.Counter,
        "Pages read again shortly after they were freed; many mean that memory is too small for the work.");
    static readonly MetricInfo Compactions = new("vigie.memory.compactions", "{compaction}", MetricKind.Counter,
        "How often memory was moved together to make a large piece of it, by outcome.");
    static readonly MetricInfo HugeFaults = new("vigie.memory.huge_page.faults", "{fault}", MetricKind.Counter,
        "Page faults that could have been answered by a huge page, by whether there was one.");
    static readonly MetricInfo Io = new("vigie.paging.io", "By", MetricKind.Counter,
        "Bytes brought from disks into memory and written back, those of swap space included.");

    static readonly Figure[] Figures =
    [
        new("oom_kill", OomKills, 1),
        new("pgscan_kswapd", Scanned, 1, By("kswapd")), new("pgscan_direct", Scanned, 1, By("direct")),
        new("pgsteal_kswapd", Reclaimed, 1, By("kswapd")), new("pgsteal_direct", Reclaimed, 1, By("direct")),
        new("workingset_refault_anon", Refaults, 1, Type("anonymous")), new("workingset_refault_file", Refaults, 1, Type("file")),
        new("compact_success", Compactions, 1, Outcome("success")), new("compact_fail", Compactions, 1, Outcome("failure")),
        new("thp_fault_alloc", HugeFaults, 1, Outcome("success")), new("thp_fault_fallback", HugeFaults, 1, Outcome("failure")),
        new("pgpgin", Io, 1024, new SampleAttribute("system.paging.direction", "in")),
        new("pgpgout", Io, 1024, new SampleAttribute("system.paging.direction", "out")),
    ];

    // One for each kind of memory since Linux 4.10; before that one for all.
    static readonly string[] StallKeys =
        ["allocstall", "allocstall_dma", "allocstall_dma32", "allocstall_normal", "allocstall_movable", "allocstall_device"];

    readonly HostFile _vmstat = context.Root.SharedFile("/proc/vmstat");
    readonly KeyedNumbers _numbers = new("/proc/vmstat", [.. Figures.Select(f => f.Key), .. StallKeys]);

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("reclaim", static context => new ReclaimProbe(context));

    public ProbeInfo Info { get; } =
        new("reclaim", [OomKills, Scanned, Reclaimed, Stalls, Refaults, Compactions, HugeFaults, Io], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        var text = _vmstat.Read();
        if (text.IsEmpty)
        {
            sink.NoData("/proc/vmstat is missing or empty");
            return default;
        }
        _numbers.Read(text);
        for (int i = 0; i < Figures.Length; i++)
            Figures[i].AddTo(sink, _numbers[i]);
        double stalls = 0;
        bool any = false;
        for (int i = 0; i < StallKeys.Length; i++)
            if (_numbers[Figures.Length + i] is { } some)
                (stalls, any) = (stalls + some, true);
        if (any)
            sink.Add(Stalls, stalls);
        return default;
    }

    static SampleAttribute By(string reclaimer) => new("reclaimer", reclaimer);

    static SampleAttribute Type(string type) => new("type", type);

    static SampleAttribute Outcome(string outcome) => new("outcome", outcome);
}
