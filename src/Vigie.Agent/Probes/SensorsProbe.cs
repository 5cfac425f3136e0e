using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>Temperatures and fans, as the kernel's drivers for them (hwmon) tell. Virtual machines mostly have neither.</summary>
sealed class SensorsProbe(ProbeContext context) : IProbe
{
    // Disks are plugged and drivers loaded while we run, but hardly ever.
    static readonly TimeSpan BetweenLists = TimeSpan.FromMinutes(10);

    static readonly MetricInfo Temperature = new("hw.temperature", "Cel", MetricKind.Gauge, "Temperature at a sensor.");
    static readonly MetricInfo Limit =
        new("hw.temperature.limit", "Cel", MetricKind.Gauge, "Temperature from which the sensor's maker says it is high or critical.");
    static readonly MetricInfo Fan = new("hw.fan.speed", "rpm", MetricKind.Gauge, "Revolutions per minute of a fan; 0 when it stands still.");

    readonly SensorFolder _folder = new(context.Root);
    IReadOnlyList<Sensor> _sensors = [];
    long? _listed;

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("sensors", static context => new SensorsProbe(context));

    public ProbeInfo Info { get; } = new("sensors", [Temperature, Limit, Fan]);

    /// <summary>Sensors are asked over slow wires, and may take their time.</summary>
    public bool IsQuick => !IsDue && _sensors.Count == 0;

    bool IsDue => _listed is not { } at || context.Time.GetElapsedTime(at) >= BetweenLists;

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        if (IsDue)
        {
            foreach (var sensor in _sensors)
                sensor.Input.Close();
            _sensors = _folder.List();
            _listed = context.Time.GetTimestamp();
        }
        if (_sensors.Count == 0)
            sink.NoData("neither /sys/class/hwmon nor /sys/class/thermal has a temperature or a fan");
        foreach (var sensor in _sensors)
            if (sensor.Read() is { } value)
                Report(sink, sensor, value);
        return default;
    }

    static void Report(ISampleSink sink, Sensor sensor, double value)
    {
        SampleAttribute id = new("hw.id", sensor.Id), name = new("hw.name", sensor.Name);
        sink.Add(sensor.Kind == SensorKind.Fan ? Fan : Temperature, value, id, name);
        foreach (var (limit, degrees) in sensor.Limits)
            sink.Add(Limit, degrees, id, name, new("hw.limit_type", limit));
    }
}
