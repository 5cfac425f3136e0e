using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;

namespace Vigie.Agent.Probes;

/// <summary>Whether this host's clock is kept right by a time service, as the kernel knows (adjtimex). Nothing is set.</summary>
sealed class ClockProbe(ProbeContext context, ReadClock readClock) : IProbe
{
    static readonly MetricInfo Synchronized =
        new("vigie.clock.synchronized", "1", MetricKind.Gauge, "1 when a time service keeps the clock right, else 0.");
    static readonly MetricInfo Offset =
        new("vigie.clock.offset", "s", MetricKind.Gauge, "What the kernel has still to correct; positive when the clock is behind.");
    static readonly MetricInfo Estimated =
        new("vigie.clock.error.estimated", "s", MetricKind.Gauge, "How wrong the clock may be, as the time service estimates it.");
    static readonly MetricInfo Maximum = new("vigie.clock.error.maximum", "s", MetricKind.Gauge,
        "How wrong the clock may be at most; grows to 16 s while no time service sets it.");

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("clock", static context => new ClockProbe(context, KernelClock.Read));

    public ProbeInfo Info { get; } = new("clock", [Synchronized, Offset, Estimated, Maximum], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        if (!context.Root.Exists("/proc/uptime")) // the folder of a host that doesn't run has no clock, and ours is not its
        {
            sink.NoData("/proc/uptime is missing, so there is no kernel whose clock could be asked");
            return default;
        }
        try
        {
            Report(sink, readClock());
        }
        catch (IOException e)
        {
            sink.NoData(e.Message); // some sandboxes forbid even to ask
        }
        return default;
    }

    static void Report(ISampleSink sink, ClockState clock)
    {
        sink.Add(Synchronized, clock.Synchronized ? 1 : 0);
        sink.Add(Offset, clock.Offset);
        sink.Add(Estimated, clock.EstimatedError);
        sink.Add(Maximum, clock.MaximumError);
    }
}
