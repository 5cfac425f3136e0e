namespace Vigie.Core.Metrics;

/// <summary>Where samples go to stay.</summary>
public interface ISampleWriter
{
    /// <summary>
    /// Returns when the batch is durable. The same (series, time) again is a no-op when equal, and the last value wins when
    /// not, so a batch may be sent twice. What follows may run in the writer's own thread: it must be short and not block.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Nothing was stored; the sender may try the same batch again.</exception>
    ValueTask<WriteResult> WriteAsync(SampleBatch batch, CancellationToken ct);
}

/// <summary>What became of a batch. What was refused is counted by reason and never stops the rest.</summary>
public readonly record struct WriteResult(int Written, int Refused, string? Reason)
{
    public RefusalCounts Counts { get; init; }
}

/// <summary>The store can't take anything now: disk full, closing, locked.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
