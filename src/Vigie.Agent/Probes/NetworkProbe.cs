using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>Traffic per network interface, from /proc/net/dev, without loopback and without the host's ends of containers' links.</summary>
sealed class NetworkProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo Io = new("system.network.io", "By", MetricKind.Counter, "Bytes received and transmitted.");
    static readonly MetricInfo Packets =
        new("system.network.packet.count", "{packet}", MetricKind.Counter, "Packets received and transmitted.");
    static readonly MetricInfo Dropped = new("system.network.packet.dropped", "{packet}", MetricKind.Counter,
        "Packets dropped although nothing was wrong with them, for want of room for instance.");
    static readonly MetricInfo Errors = new("system.network.errors", "{error}", MetricKind.Counter, "Packets lost to errors.");

    static readonly MetricInfo Up = new("vigie.network.up", "1", MetricKind.Gauge, "1 when the interface has its link, else 0.");
    static readonly MetricInfo Speed =
        new("vigie.network.speed", "By/s", MetricKind.Gauge, "What the link can carry in each direction, as both its ends have agreed.");

    static readonly SampleAttribute Receive = new("network.io.direction", "receive"), Transmit = new("network.io.direction", "transmit");

    readonly HostFile _dev = context.Root.File("/proc/net/dev");
    readonly NamePool _names = new();
    readonly Dictionary<string, NetworkLink> _links = new(StringComparer.Ordinal);

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("network", static context => new NetworkProbe(context));

    public ProbeInfo Info { get; } = new("network", [Io, Packets, Dropped, Errors, Up, Speed], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        var text = _dev.Read();
        if (text.IsEmpty)
            sink.NoData("/proc/net/dev is missing or empty");
        while (text.TakeLine(out var line))
        {
            // Old kernels leave no blank behind the colon; the two heading lines have none, but bars.
            int colon = line.LastIndexOf((byte)':');
            if (colon < 0)
                continue;
            var name = line[..colon].Trim((byte)' ');
            if (name.SequenceEqual("lo"u8) || name.StartsWith("veth"u8))
                continue;
            var device = new SampleAttribute("network.interface.name", _names[name]);
            Report(sink, device, line[(colon + 1)..]);
            ReportLink(sink, device);
        }
        return default;
    }

    void ReportLink(ISampleSink sink, SampleAttribute device)
    {
        if (!_links.TryGetValue(device.Value, out var link))
        {
            if (_links.Count > 1024) // interfaces that come and go under ever new names
                _links.Clear();
            _links[device.Value] = link = new(context.Root, device.Value);
        }
        link.Read();
        if (link.IsUp is { } up)
            sink.Add(Up, up ? 1 : 0, device);
        if (link.BytesPerSecond is { } speed)
            sink.Add(Speed, speed, device);
    }

    void Report(ISampleSink sink, SampleAttribute device, ReadOnlySpan<byte> columns)
    {
        ReportDirection(sink, device, Receive, ref columns);
        columns.SkipFields(4); // fifo, frame, compressed, multicast
        ReportDirection(sink, device, Transmit, ref columns);
    }

    void ReportDirection(ISampleSink sink, SampleAttribute device, SampleAttribute direction, ref ReadOnlySpan<byte> columns)
    {
        sink.Add(Io, columns.TakeNumber(_dev.Name), device, direction);
        sink.Add(Packets, columns.TakeNumber(_dev.Name), device, direction);
        sink.Add(Errors, columns.TakeNumber(_dev.Name), device, direction);
        sink.Add(Dropped, columns.TakeNumber(_dev.Name), device, direction);
    }
}
