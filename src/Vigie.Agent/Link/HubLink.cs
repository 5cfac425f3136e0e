using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Link;

/// <summary>
/// Carries rounds of samples to the exporter through a bounded queue: tries again what may be tried again, drops the oldest when the hub
/// is away for too long, and counts exactly what was lost.
/// </summary>
sealed class HubLink(IExporter exporter, SendQueue queue, Backoff backoff, TimeProvider time, AgentLog log)
{
    static readonly MetricInfo Dropped = new("vigie.agent.samples_dropped", "{sample}", MetricKind.Counter,
        "Samples that this agent measured and the hub will never have, by reason.");

    static readonly SampleAttribute QueueFull = new("reason", "queue_full"), TooOld = new("reason", "too_old"),
        Refused = new("reason", "refused");

    readonly SemaphoreSlim _added = new(0);
    readonly ulong _startUnixNano = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
    long _refused;
    string? _trouble;

    public long SamplesDropped => queue.DroppedFull + queue.DroppedOld + Interlocked.Read(ref _refused);

    public void Report(OtlpSamples round)
    {
        round.Add(Dropped, queue.DroppedFull, _startUnixNano, QueueFull);
        round.Add(Dropped, queue.DroppedOld, _startUnixNano, TooOld);
        round.Add(Dropped, Interlocked.Read(ref _refused), _startUnixNano, Refused);
    }

    /// <summary>Takes a copy of a request; never waits.</summary>
    public void Add(ReadOnlyMemory<byte> otlp, int samples)
    {
        queue.Add(otlp, samples);
        _added.Release();
    }

    /// <summary>Sends what comes, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            if (queue.Next() is not { } request)
                await _added.WaitAsync(ct);
            else if (await SendAsync(request, ct) is { Result: ExportResult.Retry } outcome)
                await Task.Delay(backoff.Next(outcome.RetryAfter), time, ct);
        }
    }

    /// <summary>Sends what is left, each once; stops at the first that fails.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        while (queue.Next() is { } request)
            if (await SendAsync(request, ct) is { Result: ExportResult.Retry })
                return;
    }

    async Task<ExportOutcome> SendAsync(QueuedRequest request, CancellationToken ct)
    {
        var outcome = await TrySendAsync(request, ct);
        if (outcome.Result == ExportResult.Retry)
        {
            queue.Keep();
        }
        else
        {
            backoff.Reset();
            queue.Done(request);
            Interlocked.Add(ref _refused, outcome.Result == ExportResult.Refused
                ? request.Samples
                : Math.Min(outcome.Rejected, request.Samples));
        }
        Tell(outcome, request.Samples);
        return outcome;
    }

    async ValueTask<ExportOutcome> TrySendAsync(QueuedRequest request, CancellationToken ct)
    {
        try
        {
            return await exporter.SendAsync(request.Otlp, request.Samples, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            return new(ExportResult.Retry, Reason: e.Message);
        }
        catch
        {
            queue.Keep();
            throw;
        }
    }

    void Tell(ExportOutcome outcome, int samples)
    {
        if (string.Equals(outcome.Reason, _trouble, StringComparison.Ordinal))
            return;
        _trouble = outcome.Reason;
        switch (outcome)
        {
            case { Reason: null }: log(AgentLogLevel.Information, "the hub takes samples again"); break;
            case { Result: ExportResult.Retry }: log(AgentLogLevel.Warning, $"{outcome.Reason}; samples are kept and sent later"); break;
            case { Result: ExportResult.Refused }:
                log(AgentLogLevel.Error, $"{outcome.Reason}; {samples} samples are dropped, and so are those that follow if it goes on");
                break;
            default: log(AgentLogLevel.Warning, outcome.Reason); break;
        }
    }
}
