using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;

namespace Vigie.Agent.Probes;

/// <summary>Since when this host is up, from /proc/uptime and /proc/stat.</summary>
sealed class UptimeProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo Uptime = new("system.uptime", "s", MetricKind.Gauge, "Time since this host started, sleep included.");
    static readonly MetricInfo BootTime = new("vigie.boot.time", "s", MetricKind.Gauge, "When this host started, in Unix seconds.");

    readonly HostFile _uptime = context.Root.File("/proc/uptime"), _stat = context.Root.SharedFile("/proc/stat");

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("uptime", static context => new UptimeProbe(context));

    public ProbeInfo Info { get; } = new("uptime", [Uptime, BootTime], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        ReadOnlySpan<byte> uptime = _uptime.Read(), stat = _stat.Read();
        if (uptime.IsEmpty && stat.IsEmpty)
            sink.NoData("/proc/uptime and /proc/stat are missing or empty");
        if (!uptime.IsEmpty)
            sink.Add(Uptime, uptime.TakeDecimal(_uptime.Name));
        if (stat.NumberOf("btime"u8, _stat.Name) is { } boot)
            sink.Add(BootTime, boot);
        return default;
    }
}
