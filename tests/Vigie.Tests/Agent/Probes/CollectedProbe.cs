using Vigie.Agent;
using Vigie.Agent.Probes;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Tests.Agent.Probes;

/// <summary>What a probe gave, without the runner around it.</summary>
sealed class CollectedProbe : ISampleSink
{
    public OtlpSamples Samples { get; } = new();

    public string? NoDataReason { get; private set; }

    public string Text =>
        string.Join('\n', SamplePrinter.Lines(Samples)
            .Append(NoDataReason is null ? "" : $"no data: {NoDataReason}")
            .Where(l => l.Length > 0));

    public static async Task<CollectedProbe> FromAsync(IProbe probe)
    {
        var collected = new CollectedProbe();
        await probe.CollectAsync(collected, TestContext.Current.CancellationToken);
        return collected;
    }

    public void Add(MetricInfo metric, double value, params ReadOnlySpan<SampleAttribute> attributes) =>
        Samples.Add(metric, value, 0, attributes);

    public void NoData(string why) => NoDataReason = why;
}
