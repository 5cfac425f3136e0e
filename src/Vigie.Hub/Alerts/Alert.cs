using Vigie.Core.Metrics;

namespace Vigie.Hub.Alerts;

/// <summary>The names are persisted in lower case.</summary>
enum AlertState { Pending, Firing, Resolved }

/// <summary>A rule that holds, or held, for one series.</summary>
/// <param name="SinceMs">When the value first reached the threshold.</param>
/// <param name="FiredMs">When it had stayed there long enough; null while pending.</param>
sealed record Alert(long Id, string Rule, Labels Labels, string Severity, AlertState State, long SinceMs, long? FiredMs,
    long? ResolvedMs, double Value, double? Threshold)
{
    /// <summary>When the rule last held, for a rule whose alerts go on firing for a while.</summary>
    public long? HeldMs { get; init; }

    /// <summary>When it joined its incident, by which people hear of it; null while something holds it back, or it waits for company.</summary>
    public long? ToldMs { get; init; }

    /// <summary>The number of its incident.</summary>
    public long? Incident { get; init; }

    public string Host => Labels["host"];

    /// <summary>What of the host it is about: the labels besides the host, such as a mount point.</summary>
    public string Subject => AlertText.Subject(Labels);

    public DateTimeOffset Since => DateTimeOffset.FromUnixTimeMilliseconds(SinceMs);

    public DateTimeOffset? Fired => FiredMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    public DateTimeOffset? Resolved => ResolvedMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
