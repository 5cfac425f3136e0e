using Vigie.Agent.Link;

namespace Vigie.Agent.Snapshots;

/// <summary>
/// Where documents go that tell how something is now and have no history: a hub over HTTP, or the hub that hosts the agent. A document
/// takes the place of the one of its kind before. Called by one caller at a time.
/// </summary>
public interface ISnapshotSink
{
    /// <param name="kind">One word: <c>checks</c>.</param>
    /// <param name="host">The name under which the host's samples are sent.</param>
    /// <param name="json">An object in JSON.</param>
    /// <param name="ct">Ends the call by <see cref="OperationCanceledException"/>; every other trouble is an outcome.</param>
    ValueTask<ExportOutcome> SendAsync(string kind, string host, ReadOnlyMemory<byte> json, CancellationToken ct);
}
