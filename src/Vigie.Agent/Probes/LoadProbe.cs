using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;

namespace Vigie.Agent.Probes;

/// <summary>The kernel's load averages, from /proc/loadavg.</summary>
sealed class LoadProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo OneMinute = Over("1m", "minute"), FiveMinutes = Over("5m", "5 minutes"),
        FifteenMinutes = Over("15m", "15 minutes");

    readonly HostFile _loadavg = context.Root.SharedFile("/proc/loadavg");

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("load", static context => new LoadProbe(context));

    public ProbeInfo Info { get; } = new("load", [OneMinute, FiveMinutes, FifteenMinutes], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        var line = _loadavg.Read();
        if (line.IsEmpty)
        {
            sink.NoData("/proc/loadavg is missing or empty");
            return default;
        }
        sink.Add(OneMinute, line.TakeDecimal(_loadavg.Name));
        sink.Add(FiveMinutes, line.TakeDecimal(_loadavg.Name));
        sink.Add(FifteenMinutes, line.TakeDecimal(_loadavg.Name));
        return default;
    }

    static MetricInfo Over(string suffix, string time) => new($"vigie.load.{suffix}", "{thread}", MetricKind.Gauge,
        $"Threads running, ready to run or waiting for a disk, averaged over the last {time}.");
}
