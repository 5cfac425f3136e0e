using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>
/// How long work stood still for want of CPU, memory or a disk (pressure stall information, since Linux 4.20), from /proc/pressure.
/// <c>some</c>: at least one task waited; <c>full</c>: all did, so the time was lost.
/// </summary>
sealed class PressureProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo Time =
        new("vigie.pressure.time", "s", MetricKind.Counter, "Time during which some or all tasks waited for a resource.");
    static readonly MetricInfo TenSeconds = Over("10s", "10 seconds"), OneMinute = Over("60s", "60 seconds"),
        FiveMinutes = Over("300s", "300 seconds");

    static readonly SampleAttribute Some = new("stall", "some"), Full = new("stall", "full");

    readonly (string Resource, HostFile File)[] _files =
    [
        .. new[] { "cpu", "memory", "io", "irq" }.Select(resource => (resource, context.Root.File($"/proc/pressure/{resource}"))),
    ];

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("pressure", static context => new PressureProbe(context));

    public ProbeInfo Info { get; } = new("pressure", [Time, TenSeconds, OneMinute, FiveMinutes], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        bool any = false;
        foreach (var (resource, file) in _files)
        {
            var text = file.ReadIfGiven(); // refused by a kernel that was started with psi=0
            any |= !text.IsEmpty;
            while (text.TakeLine(out var line))
                Report(sink, new("resource", resource), line, file.Name);
        }
        if (!any)
            sink.NoData("/proc/pressure is missing, or the kernel was started without psi=1");
        return default;
    }

    // some avg10=0.00 avg60=0.16 avg300=0.62 total=778881107
    static void Report(ISampleSink sink, SampleAttribute resource, ReadOnlySpan<byte> line, string source)
    {
        line.TakeField(out var kind);
        bool full = kind.SequenceEqual("full"u8);
        if (!full && !kind.SequenceEqual("some"u8))
            throw new FormatException($"{source}: \"some\" or \"full\" was expected, found {TextScan.Quote(kind)}");
        if (full && resource.Value is "cpu") // means nothing for a whole host: who makes the others wait does run
            return;
        var stall = full ? Full : Some;
        sink.Add(TenSeconds, Value(ref line, "avg10="u8, source) / 100, resource, stall);
        sink.Add(OneMinute, Value(ref line, "avg60="u8, source) / 100, resource, stall);
        sink.Add(FiveMinutes, Value(ref line, "avg300="u8, source) / 100, resource, stall);
        sink.Add(Time, Value(ref line, "total="u8, source) / 1e6, resource, stall);
    }

    static double Value(ref ReadOnlySpan<byte> line, ReadOnlySpan<byte> key, string source)
    {
        if (!line.TakeField(out var field) || !field.StartsWith(key))
            throw new FormatException($"{source}: {TextScan.Quote(key)} was expected, found {TextScan.Quote(field)}");
        field = field[key.Length..];
        return field.TakeDecimal(source);
    }

    static MetricInfo Over(string suffix, string time) => new($"vigie.pressure.{suffix}", "1", MetricKind.Gauge,
        $"Share of the last {time} during which some or all tasks waited for a resource.");
}
