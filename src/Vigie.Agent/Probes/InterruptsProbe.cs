using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>
/// What makes processors change their work, from /proc/stat, and whether they keep up with the packets that arrive, from
/// /proc/net/softnet_stat. All processors together.
/// </summary>
sealed class InterruptsProbe(ProbeContext context) : IProbe
{
    const int Processed = 0, Dropped = 1, Squeezed = 2;

    static readonly MetricInfo Switches =
        new("vigie.cpu.context_switches", "{switch}", MetricKind.Counter, "How often a processor went from one thread to another.");
    static readonly MetricInfo Interrupts =
        new("vigie.cpu.interrupts", "{interrupt}", MetricKind.Counter, "Interrupts served, those that devices raise and the processors' own.");
    static readonly MetricInfo SoftInterrupts = new("vigie.cpu.softirqs", "{interrupt}", MetricKind.Counter,
        "Work that interrupts have left for a moment later, by its kind.");
    static readonly MetricInfo Runnable =
        new("vigie.thread.runnable", "{thread}", MetricKind.Gauge, "Threads that run or wait for a processor at this moment.");
    static readonly MetricInfo Blocked =
        new("vigie.thread.blocked", "{thread}", MetricKind.Gauge, "Threads that wait for a disk at this moment.");
    static readonly MetricInfo BacklogPackets = new("vigie.network.backlog.packets", "{packet}", MetricKind.Counter,
        "Packets received that processors have taken from the queues of the interfaces.");
    static readonly MetricInfo BacklogDropped = new("vigie.network.backlog.dropped", "{packet}", MetricKind.Counter,
        "Packets received and dropped because a processor's queue was full.");
    static readonly MetricInfo BacklogSqueezed = new("vigie.network.backlog.squeezed", "{time}", MetricKind.Counter,
        "How often a processor had to stop taking packets with more of them waiting.");

    // As the kernel lists them in the line softirq, behind their sum.
    static readonly SampleAttribute[] Kinds =
    [
        .. new[] { "hi", "timer", "net_tx", "net_rx", "block", "irq_poll", "tasklet", "sched", "hrtimer", "rcu" }
            .Select(kind => new SampleAttribute("type", kind)),
    ];

    static readonly Figure[] Figures =
    [
        new("ctxt", Switches, 1), new("intr", Interrupts, 1), new("procs_running", Runnable, 1), new("procs_blocked", Blocked, 1),
    ];

    readonly HostFile _stat = context.Root.SharedFile("/proc/stat"), _softnet = context.Root.File("/proc/net/softnet_stat");
    readonly KeyedNumbers _numbers = new("/proc/stat", [.. Figures.Select(f => f.Key)]);

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("interrupts", static context => new InterruptsProbe(context));

    public ProbeInfo Info { get; } = new("interrupts",
        [Switches, Interrupts, SoftInterrupts, Runnable, Blocked, BacklogPackets, BacklogDropped, BacklogSqueezed], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        ReadOnlySpan<byte> stat = _stat.Read(), softnet = _softnet.ReadIfGiven();
        if (stat.IsEmpty && softnet.IsEmpty)
            sink.NoData("/proc/stat and /proc/net/softnet_stat are missing or empty");
        _numbers.Read(stat);
        for (int i = 0; i < Figures.Length; i++)
            Figures[i].AddTo(sink, _numbers[i]);
        ReportSoftInterrupts(sink, stat);
        if (!softnet.IsEmpty)
            ReportBacklog(sink, softnet);
        return default;
    }

    // softirq 12345 0 1000 …
    void ReportSoftInterrupts(ISampleSink sink, ReadOnlySpan<byte> stat)
    {
        int at = stat.LastIndexOf("\nsoftirq "u8);
        if (at < 0)
            return;
        stat = stat[(at + 1)..];
        stat.TakeLine(out var line);
        line.SkipFields(2);
        foreach (var kind in Kinds)
            if (!line.Trim((byte)' ').IsEmpty) // old kernels have fewer
                sink.Add(SoftInterrupts, line.TakeNumber(_stat.Name), kind);
    }

    // A line for each processor: 0000abcd 00000000 00000003 …, in hexadecimal.
    void ReportBacklog(ISampleSink sink, ReadOnlySpan<byte> lines)
    {
        Span<double> sums = stackalloc double[3];
        sums.Clear();
        while (lines.TakeLine(out var line))
            for (int column = 0; column < sums.Length; column++)
                sums[column] += Hexadecimal(ref line);
        sink.Add(BacklogPackets, sums[Processed]);
        sink.Add(BacklogDropped, sums[Dropped]);
        sink.Add(BacklogSqueezed, sums[Squeezed]);
    }

    uint Hexadecimal(ref ReadOnlySpan<byte> line)
    {
        line.TakeField(out var field);
        return Utf8Parser.TryParse(field, out uint number, out int used, 'x') && used == field.Length
            ? number
            : throw new FormatException($"{_softnet.Name}: a hexadecimal number was expected, found {TextScan.Quote(field)}");
    }
}
