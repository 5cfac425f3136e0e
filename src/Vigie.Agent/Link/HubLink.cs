using System.Runtime.CompilerServices;
using Vigie.Agent.Running;
using Vigie.Agent.Spool;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Link;

/// <summary>
/// Carries rounds of samples to the exporter through a bounded queue, and by the disk while the hub is away: tries again what may be tried
/// again, drops the oldest when the hub is away for too long, and counts exactly what was lost.
/// </summary>
sealed class HubLink(IExporter exporter, SendQueue queue, Backoff backoff, TimeProvider time, AgentLog log,
    RoundLoop? loop = null)
{
    static readonly MetricInfo Dropped = new("vigie.agent.samples_dropped", "{sample}", MetricKind.Counter,
        "Samples that this agent measured and the hub will never have, by reason.");

    static readonly MetricInfo Waiting = new("vigie.agent.samples_waiting", "{sample}", MetricKind.Gauge,
        "Samples that this agent keeps because the hub has not taken them yet.");

    static readonly SampleAttribute QueueFull = new("reason", "queue_full"), TooOld = new("reason", "too_old"),
        Damaged = new("reason", "damaged"), Refused = new("reason", "refused");

    readonly Waker _added = new(time, loop);
    readonly ulong _startUnixNano = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
    DiskSpool? _spool;
    long _refused, _spooled;
    string? _trouble, _spoolTrouble;

    public long SamplesDropped => DroppedFull + DroppedOld + (_spool?.DroppedDamaged ?? 0) + Interlocked.Read(ref _refused);

    long DroppedFull => queue.DroppedFull + (_spool?.DroppedFull ?? 0);

    long DroppedOld => queue.DroppedOld + (_spool?.DroppedOld ?? 0);

    /// <summary>From now on what the hub does not take goes to the disk. Call it before <see cref="RunAsync"/>.</summary>
    public void Use(DiskSpool spool)
    {
        _spool = spool;
        _spooled = spool.Waiting;
        if (_spooled > 0)
            log(AgentLogLevel.Information, $"{_spooled} samples wait on the disk since the last run; they are sent behind the present");
    }

    public void Report(OtlpSamples round)
    {
        round.Add(Dropped, DroppedFull, _startUnixNano, QueueFull);
        round.Add(Dropped, DroppedOld, _startUnixNano, TooOld);
        round.Add(Dropped, _spool?.DroppedDamaged ?? 0, _startUnixNano, Damaged);
        round.Add(Dropped, Interlocked.Read(ref _refused), _startUnixNano, Refused);
        round.Add(Waiting, queue.Samples + Interlocked.Read(ref _spooled), 0);
    }

    /// <summary>Takes a copy of a request; never waits.</summary>
    public void Add(ReadOnlyMemory<byte> otlp, int samples)
    {
        queue.Add(otlp, samples);
        _added.Wake();
    }

    /// <summary>Sends what comes, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            // What was just measured goes out in the thread that has measured it. A backlog and the disk can take long, and go elsewhere.
            var outcome = _spooled == 0 && queue.Count <= 1 ? await SendNextAsync(ct)
                : await Task.Run(() => SendNextAsync(ct).AsTask(), ct);
            if (outcome is null)
                await _added.WaitAsync(Timeout.InfiniteTimeSpan, ct);
            else if (outcome is { Result: ExportResult.Retry })
                await StandBackAsync(backoff.Next(outcome.Value.RetryAfter), ct);
        }
    }

    /// <summary>Sends what is left, each once; stops at the first that fails, and leaves the rest on the disk.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        try
        {
            while (await SendNextAsync(ct) is { Result: not ExportResult.Retry })
                ct.ThrowIfCancellationRequested();
        }
        finally
        {
            Spill(keep: 0);
            OnDisk(spool => spool.Flush());
        }
    }

    /// <summary>What was measured last, then what waits on the disk, then what waits here. Null when nothing does.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<ExportOutcome?> SendNextAsync(CancellationToken ct)
    {
        if (queue.Next(onlyFresh: _spooled > 0) is { } request)
            return await SendAsync(request, ct);
        if (_spooled == 0)
            return null;
        return NextSpooled() is { } old ? await SendAsync(old, ct) : _spooled == 0 ? await SendNextAsync(ct) : null;
    }

    SpooledRequest? NextSpooled()
    {
        SpooledRequest? spooled = null;
        OnDisk(spool =>
        {
            spooled = spool.Next();
            if (spooled is null)
                _spooled = spool.Waiting; // what was left was too old, or damaged
        });
        return spooled;
    }

    /// <summary>
    /// The hub is away: until it is tried again, what comes goes to the disk. The last round stays, to be the first that the hub sees.
    /// </summary>
    async ValueTask StandBackAsync(TimeSpan wait, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        await SpillAsync(ct);
        for (var left = wait; left > TimeSpan.Zero; left = wait - time.GetElapsedTime(began))
            if (await _added.WaitAsync(left, ct))
                await SpillAsync(ct);
    }

    // Apart from the thread of the rounds, which a slow disk must not hold up.
    Task SpillAsync(CancellationToken ct) => _spool is null || queue.Count <= 1 ? Task.CompletedTask : Task.Run(() => Spill(keep: 1), ct);

    void Spill(int keep) => queue.MoveTo(keep, request => OnDisk(spool =>
    {
        spool.Add(request.Otlp.Span, request.Samples, time.GetUtcNow() - time.GetElapsedTime(request.QueuedAt));
        (_spooled, _spoolTrouble) = (spool.Waiting, null);
    }));

    /// <summary>False when there is no spool, or the disk does not do it, of which is told once.</summary>
    bool OnDisk(Action<DiskSpool> work)
    {
        if (_spool is null)
            return false;
        try
        {
            work(_spool);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_spoolTrouble != e.Message)
                log(AgentLogLevel.Warning, $"the spool fails: {e.Message}; samples are kept in memory, as many as fit");
            _spoolTrouble = e.Message;
            return false;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<ExportOutcome> SendAsync(QueuedRequest request, CancellationToken ct)
    {
        ExportOutcome outcome;
        try
        {
            outcome = await TrySendAsync(request.Otlp, request.Samples, ct);
        }
        catch
        {
            queue.Keep();
            throw;
        }
        if (outcome.Result == ExportResult.Retry)
            queue.Keep();
        else
            queue.Done(request);
        Count(outcome, request.Samples);
        return outcome;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<ExportOutcome> SendAsync(SpooledRequest request, CancellationToken ct)
    {
        var outcome = await TrySendAsync(request.Otlp, request.Samples, ct);
        if (outcome.Result != ExportResult.Retry)
            OnDisk(spool =>
            {
                spool.Done();
                _spooled = spool.Waiting;
            });
        Count(outcome, request.Samples);
        return outcome;
    }

    void Count(ExportOutcome outcome, int samples)
    {
        if (outcome.Result != ExportResult.Retry)
        {
            backoff.Reset();
            Interlocked.Add(ref _refused, outcome.Result == ExportResult.Refused ? samples : Math.Min(outcome.Rejected, samples));
        }
        Tell(outcome, samples);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<ExportOutcome> TrySendAsync(ReadOnlyMemory<byte> otlp, int samples, CancellationToken ct)
    {
        try
        {
            return await exporter.SendAsync(otlp, samples, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            return new(ExportResult.Retry, Reason: e.Message);
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
