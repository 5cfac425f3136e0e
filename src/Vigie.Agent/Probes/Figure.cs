using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>A number of a file of the kernel, and the sample that it becomes.</summary>
/// <param name="Key">How the kernel calls it.</param>
/// <param name="Metric">Whose sample it is.</param>
/// <param name="Scale">From the kernel's unit to the metric's.</param>
sealed record Figure(string Key, MetricInfo Metric, double Scale, params SampleAttribute[] Attributes)
{
    /// <param name="number">Null when this kernel doesn't tell it; then there is no sample.</param>
    /// <returns>Whether there is one.</returns>
    public bool AddTo(ISampleSink sink, ulong? number)
    {
        if (number is not { } known)
            return false;
        sink.Add(Metric, known * Scale, Attributes);
        return true;
    }
}
