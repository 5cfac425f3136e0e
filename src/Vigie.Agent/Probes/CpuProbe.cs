using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>Where the processors' time goes, from /proc/stat. The kernel counts guests inside user and nice, and so do we.</summary>
sealed class CpuProbe(ProbeContext context) : IProbe
{
    const double TicksPerSecond = 100; // USER_HZ, which is 100 on every architecture we build for

    static readonly MetricInfo Time = new("system.cpu.time", "s", MetricKind.Counter, "Time all logical processors spent in each mode.");
    static readonly MetricInfo Utilization = new("system.cpu.utilization", "1", MetricKind.Gauge,
        "Share of all logical processors' time spent in each mode since the round before; the modes add up to 1.");
    static readonly MetricInfo LogicalCount =
        new("system.cpu.logical.count", "{cpu}", MetricKind.Gauge, "Number of logical processors online.");

    // A metric of its own, so that a sum or an average over the one for all never counts a processor twice.
    static readonly MetricInfo CoreUtilization = new("vigie.cpu.core.utilization", "1", MetricKind.Gauge,
        "Share of one logical processor's time that was neither idle nor waiting since the round before; on request.");

    // The first eight columns of the line "cpu"; irq and softirq are one mode in the conventions.
    static readonly string[] Modes = ["user", "nice", "system", "idle", "iowait", "interrupt", "steal"];
    const int Interrupt = 5;

    readonly HostFile _stat = context.Root.SharedFile("/proc/stat");
    readonly ulong[] _now = new ulong[Modes.Length], _before = new ulong[Modes.Length];
    readonly CoreTimes? _cores = context.PerCore ? new() : null;
    bool _hasBefore;

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("cpu", static context => new CpuProbe(context));

    public ProbeInfo Info { get; } = new("cpu", [Time, Utilization, LogicalCount, CoreUtilization], ReadsTwice: true, IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        var text = _stat.Read();
        if (text.IsEmpty)
            sink.NoData("/proc/stat is missing or empty");
        else
            Report(sink, Parse(text));
        return default;
    }

    /// <summary>Fills the columns and returns the number of processors.</summary>
    int Parse(ReadOnlySpan<byte> text)
    {
        int processors = 0;
        bool found = false;
        _cores?.BeginRound();
        while (text.TakeLine(out var line) && line.StartsWith("cpu"u8))
        {
            line.TakeField(out var name);
            if (!name.SequenceEqual("cpu"u8))
            {
                processors++;
                _cores?.Take(name["cpu".Length..], line, _stat.Name);
                continue;
            }
            found = true;
            for (int mode = 0; mode < Modes.Length; mode++)
            {
                // Kernels before 2.6.11 have fewer columns.
                _now[mode] = line.Trim((byte)' ').IsEmpty ? 0 : line.TakeNumber(_stat.Name);
                if (mode == Interrupt && !line.Trim((byte)' ').IsEmpty)
                    _now[mode] += line.TakeNumber(_stat.Name);
            }
        }
        return found ? processors : throw new FormatException("/proc/stat: the line \"cpu\" was expected first, and is missing");
    }

    void Report(ISampleSink sink, int processors)
    {
        double total = 0;
        for (int mode = 0; mode < Modes.Length; mode++)
        {
            sink.Add(Time, _now[mode] / TicksPerSecond, new SampleAttribute("cpu.mode", Modes[mode]));
            total += Spent(mode);
        }
        if (_hasBefore && total > 0)
            for (int mode = 0; mode < Modes.Length; mode++)
                sink.Add(Utilization, Spent(mode) / total, new SampleAttribute("cpu.mode", Modes[mode]));
        if (processors > 0)
            sink.Add(LogicalCount, processors);
        for (int slot = 0; slot < _cores?.Slots; slot++)
            if (_cores[slot] is { } core)
                sink.Add(CoreUtilization, core.Busy, new SampleAttribute("cpu.logical_number", core.Number));
        _now.CopyTo(_before, 0);
        _hasBefore = true;
    }

    // iowait and idle may run backwards by the kernel's own documentation.
    double Spent(int mode) => _now[mode] > _before[mode] ? _now[mode] - _before[mode] : 0;
}
