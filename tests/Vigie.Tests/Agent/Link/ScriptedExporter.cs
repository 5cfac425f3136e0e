using System.Collections.Concurrent;
using System.Threading.Channels;
using Vigie.Agent.Link;

namespace Vigie.Tests.Agent.Link;

/// <summary>Answers as a test tells it, and keeps what it was given.</summary>
sealed class ScriptedExporter(Func<int, ExportOutcome> answer) : IExporter
{
    readonly Channel<byte[]> _calls = Channel.CreateUnbounded<byte[]>();
    int _count;

    public ConcurrentQueue<byte[]> Accepted { get; } = new();

    public ValueTask<ExportOutcome> SendAsync(ReadOnlyMemory<byte> otlp, int samples, CancellationToken ct)
    {
        var outcome = answer(_count++);
        if (outcome.Result == ExportResult.Accepted)
            Accepted.Enqueue(otlp.ToArray());
        _calls.Writer.TryWrite(otlp.ToArray());
        return new(outcome);
    }

    /// <summary>Waits for the next call that no one has waited for yet.</summary>
    public async Task<byte[]> CallAsync() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken);
}
