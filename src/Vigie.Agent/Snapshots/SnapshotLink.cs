using Vigie.Agent.Link;
using Vigie.Agent.Running;

namespace Vigie.Agent.Snapshots;

/// <summary>
/// Carries the newest document of each kind to the hub when it has changed, and once an hour when it has not, for a hub may have been
/// set up anew. Nothing is queued: what is newer makes the older worthless.
/// </summary>
sealed class SnapshotLink(ISnapshotSink sink, string host, Backoff backoff, TimeProvider time, AgentLog log, RoundLoop? loop = null)
{
    static readonly TimeSpan Again = TimeSpan.FromHours(1);

    sealed record Kind(byte[] Newest)
    {
        public byte[]? Sent { get; init; }

        public long SentAt { get; init; }
    }

    readonly Dictionary<string, Kind> _kinds = new(StringComparer.Ordinal);
    readonly Lock _gate = new();
    readonly Waker _offered = new(time, loop);
    string? _trouble;
    int _refusals;

    /// <summary>Takes a document; never waits.</summary>
    public void Offer(string kind, byte[] json)
    {
        lock (_gate)
            _kinds[kind] = _kinds.GetValueOrDefault(kind, new([])) with { Newest = json };
        _offered.Wake();
    }

    /// <summary>Sends what comes, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await _offered.WaitAsync(Timeout.InfiniteTimeSpan, ct);
            while (await FlushAsync(ct) is { Result: ExportResult.Retry } outcome)
                await Task.Delay(backoff.Next(outcome.RetryAfter), time, ct);
            backoff.Reset();
        }
    }

    /// <summary>Sends every document that is new, each once.</summary>
    /// <returns>The first trouble, if any.</returns>
    public async Task<ExportOutcome> FlushAsync(CancellationToken ct)
    {
        while (Next() is var (kind, json))
        {
            var outcome = await TrySendAsync(kind, json, ct);
            if (outcome.Result != ExportResult.Retry)
                Done(kind, json);
            Tell(outcome);
            if (outcome.Result == ExportResult.Retry)
                return outcome;
        }
        return ExportOutcome.Ok;
    }

    (string Kind, byte[] Json)? Next()
    {
        lock (_gate)
            foreach (var (name, kind) in _kinds)
                if (kind.Sent is null || time.GetElapsedTime(kind.SentAt) >= Again || !kind.Sent.AsSpan().SequenceEqual(kind.Newest))
                    return (name, kind.Newest);
        return null;
    }

    void Done(string kind, byte[] json)
    {
        lock (_gate)
            _kinds[kind] = _kinds[kind] with { Sent = json, SentAt = time.GetTimestamp() };
    }

    async ValueTask<ExportOutcome> TrySendAsync(string kind, byte[] json, CancellationToken ct)
    {
        try
        {
            return await sink.SendAsync(kind, host, json, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            return new(ExportResult.Retry, Reason: e.Message);
        }
    }

    void Tell(ExportOutcome outcome)
    {
        _refusals = outcome.Reason is null ? 0 : _refusals + 1;
        // A hub knows a host by its samples, and the first ones may still be on their way.
        if (string.Equals(outcome.Reason, _trouble, StringComparison.Ordinal) || _refusals is 1 or 2 && outcome.Result == ExportResult.Retry)
            return;
        _trouble = outcome.Reason;
        log(outcome.Reason is null ? AgentLogLevel.Information : AgentLogLevel.Warning, outcome.Reason is null
            ? "the hub takes this host's texts again" : $"{outcome.Reason}; until that is mended the hub shows this host's texts as they were");
    }
}
