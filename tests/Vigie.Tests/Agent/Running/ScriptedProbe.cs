using Vigie.Agent.Probes;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Tests.Agent.Running;

/// <summary>A probe that does what a test tells it.</summary>
sealed class ScriptedProbe(string name, Func<ISampleSink, CancellationToken, Task> collect, TimeSpan? interval = null,
    bool readsTwice = false) : IProbe
{
    public static readonly MetricInfo Metric = new("test.value", "1", MetricKind.Gauge, "A value for tests.");

    int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public ProbeInfo Info { get; } = new(name, [Metric], interval, readsTwice);

    public async ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        Interlocked.Increment(ref _calls);
        await collect(sink, ct);
    }

    public static ScriptedProbe Giving(string name, double value, TimeSpan? interval = null, bool readsTwice = false) =>
        new(name, (sink, _) =>
        {
            sink.Add(Metric, value, new SampleAttribute("from", name));
            return Task.CompletedTask;
        }, interval, readsTwice);
}
