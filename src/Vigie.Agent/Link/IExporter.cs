namespace Vigie.Agent.Link;

public enum ExportResult
{
    /// <summary>Stored, or refused in part for good: not to be sent again.</summary>
    Accepted,

    /// <summary>Nothing was stored; the same request may succeed later.</summary>
    Retry,

    /// <summary>Nothing was stored, and the same request would be refused again.</summary>
    Refused,
}

/// <summary>What became of one request.</summary>
/// <param name="Result">Whether to send again.</param>
/// <param name="Rejected">Samples that an accepting receiver did not take.</param>
/// <param name="Reason">Why not all went well, for people; null when all did.</param>
/// <param name="RetryAfter">The least time to wait, when the receiver asked for one.</param>
public readonly record struct ExportOutcome(ExportResult Result, int Rejected = 0, string? Reason = null, TimeSpan? RetryAfter = null)
{
    public static readonly ExportOutcome Ok = new(ExportResult.Accepted);
}

/// <summary>
/// Where the agent's samples go: a hub over HTTP, or the hub that hosts the agent in its own process. Called by one caller at a time.
/// </summary>
public interface IExporter
{
    /// <param name="otlp">An <c>ExportMetricsServiceRequest</c>, uncompressed; valid until the call has ended.</param>
    /// <param name="samples">How many samples it holds.</param>
    /// <param name="ct">Ends the call by <see cref="OperationCanceledException"/>; every other trouble is an outcome.</param>
    ValueTask<ExportOutcome> SendAsync(ReadOnlyMemory<byte> otlp, int samples, CancellationToken ct);
}
