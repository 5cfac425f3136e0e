namespace Vigie.Core.Metrics;

/// <summary>How a metric's values are to be read. The numbers are persisted: explicit and append-only.</summary>
public enum MetricKind
{
    /// <summary>A value that goes up and down.</summary>
    Gauge = 0,

    /// <summary>A sum that only grows, or starts again at zero when its source restarts.</summary>
    Counter = 1,
}

/// <summary>What a metric is, declared once by whoever measures it.</summary>
/// <param name="Name">OpenTelemetry spelling: <c>system.memory.usage</c>, or <c>vigie.…</c> where the conventions have none.</param>
/// <param name="Unit">UCUM unit as OpenTelemetry writes it: <c>By</c>, <c>s</c>, <c>1</c>, <c>{user}</c>.</param>
/// <param name="Help">One sentence that ends with a full stop.</param>
public sealed record MetricInfo(string Name, string Unit, MetricKind Kind, string Help);
