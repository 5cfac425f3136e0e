using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>Traffic per whole disk, from /proc/diskstats; /sys/block tells disks from their partitions.</summary>
sealed class DiskProbe(ProbeContext context) : IProbe
{
    const double SectorBytes = 512; // in this file, whatever the disk's own sectors are

    static readonly MetricInfo Io = new("system.disk.io", "By", MetricKind.Counter, "Bytes read and written.");
    static readonly MetricInfo Operations = new("system.disk.operations", "{operation}", MetricKind.Counter, "Reads and writes completed.");
    static readonly MetricInfo IoTime =
        new("system.disk.io_time", "s", MetricKind.Counter, "Time during which at least one operation was under way.");
    static readonly MetricInfo OperationTime = new("system.disk.operation_time", "s", MetricKind.Counter,
        "Sum of the times that completed operations took, waiting included.");

    static readonly MetricInfo Merged = new("system.disk.merged", "{operation}", MetricKind.Counter,
        "Reads and writes that were joined with neighbouring ones before they reached the disk.");
    static readonly MetricInfo Pending =
        new("vigie.disk.operations.pending", "{operation}", MetricKind.Gauge, "Operations under way or waiting at this moment.");
    static readonly MetricInfo WeightedTime = new("vigie.disk.weighted_io_time", "s", MetricKind.Counter,
        "Time times the operations under way in it; its rate is the average length of the disk's queue.");

    static readonly SampleAttribute Read = new("disk.io.direction", "read"), Write = new("disk.io.direction", "write");

    readonly HostFile _diskstats = context.Root.File("/proc/diskstats");
    readonly NamePool _names = new();
    readonly Dictionary<string, bool> _isDisk = new(StringComparer.Ordinal);

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("disk", static context => new DiskProbe(context));

    public ProbeInfo Info { get; } = new("disk", [Io, Operations, IoTime, OperationTime, Merged, Pending, WeightedTime], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        var text = _diskstats.Read();
        if (text.IsEmpty)
            sink.NoData("/proc/diskstats is missing or empty");
        while (text.TakeLine(out var line))
            if (line.SkipFields(2) && line.TakeField(out var name) && IsDisk(_names[name]))
                Report(sink, new SampleAttribute("system.device", _names[name]), line);
        return default;
    }

    void Report(ISampleSink sink, SampleAttribute device, ReadOnlySpan<byte> columns)
    {
        ReportDirection(sink, device, Read, ref columns);
        ReportDirection(sink, device, Write, ref columns);
        sink.Add(Pending, columns.TakeNumber(_diskstats.Name), device);
        sink.Add(IoTime, columns.TakeNumber(_diskstats.Name) / 1000.0, device);
        sink.Add(WeightedTime, columns.TakeNumber(_diskstats.Name) / 1000.0, device);
    }

    void ReportDirection(ISampleSink sink, SampleAttribute device, SampleAttribute direction, ref ReadOnlySpan<byte> columns)
    {
        sink.Add(Operations, columns.TakeNumber(_diskstats.Name), device, direction);
        sink.Add(Merged, columns.TakeNumber(_diskstats.Name), device, direction);
        sink.Add(Io, columns.TakeNumber(_diskstats.Name) * SectorBytes, device, direction);
        sink.Add(OperationTime, columns.TakeNumber(_diskstats.Name) / 1000.0, device, direction);
    }

    bool IsDisk(string name)
    {
        if (_isDisk.TryGetValue(name, out bool known))
            return known;
        if (_isDisk.Count > 1024) // devices that come and go under ever new names
            _isDisk.Clear();
        return _isDisk[name] = !InMemory(name) && (!Directory.Exists(context.Root.Map("/sys/block"))
            || Directory.Exists(context.Root.Map($"/sys/block/{name.Replace('/', '!')}")));
    }

    static bool InMemory(string name) => name.StartsWith("loop", StringComparison.Ordinal)
        || name.StartsWith("ram", StringComparison.Ordinal) || name.StartsWith("zram", StringComparison.Ordinal);
}
