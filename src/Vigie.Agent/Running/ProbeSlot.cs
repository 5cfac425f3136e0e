using Vigie.Agent.Probes;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Running;

/// <summary>
/// One probe's place in the rounds: runs it on the thread pool, waits no longer than its time-out, never starts it again while a call
/// is in flight, and tells why it fails, once for each new reason.
/// </summary>
sealed class ProbeSlot(IProbe probe, TimeProvider time, AgentLog log, ulong countersStartUnixNano) : ISampleSink
{
    static readonly MetricInfo Success =
        new("vigie.probe.success", "1", MetricKind.Gauge, "1 when the probe's last run succeeded, else 0.");
    static readonly MetricInfo Duration = new("vigie.probe.duration", "s", MetricKind.Gauge, "How long the probe's last run took.");

    readonly OtlpSamples _samples = new();
    readonly SampleAttribute _name = new("probe", probe.Info.Name);
    Task? _inFlight;
    string? _noData, _failure, _toldNoData;
    DateTimeOffset _lastRun;

    public ProbeInfo Info => probe.Info;

    /// <summary>Whether it runs at this tick, by its own interval when it has one.</summary>
    public bool IsDue(DateTimeOffset tick)
    {
        if (Info.Interval is not { } own || tick < _lastRun)
            return true;
        var grid = new TickGrid(own);
        return grid.AtOrBefore(tick) > grid.AtOrBefore(_lastRun);
    }

    /// <summary>Runs the probe once. Its samples stay here until <see cref="MoveTo"/>.</summary>
    /// <returns>Whether it succeeded, and how long that took.</returns>
    public async Task<(bool Success, TimeSpan Duration)> RunAsync(DateTimeOffset tick, TimeSpan timeout, CancellationToken ct)
    {
        _lastRun = tick;
        if (_inFlight is { IsCompleted: false })
        {
            Fail("its last run hangs still, so it was not started again");
            return (false, TimeSpan.Zero);
        }
        _samples.Clear();
        _noData = null;
        long began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        string? failure = await FailureOfAsync(either.Token, timeout);
        ct.ThrowIfCancellationRequested();
        Fail(failure);
        TellNoData();
        return (failure is null, time.GetElapsedTime(began));
    }

    /// <summary>Hands the samples of a finished run over, if it succeeded, and the probe's own two metrics.</summary>
    public void MoveTo(OtlpSamples round, (bool Success, TimeSpan Duration) run)
    {
        if (run.Success)
            round.AddAll(_samples);
        round.Add(Success, run.Success ? 1 : 0, 0, _name);
        round.Add(Duration, run.Duration.TotalSeconds, 0, _name);
    }

    async Task<string?> FailureOfAsync(CancellationToken limit, TimeSpan timeout)
    {
        try
        {
            _inFlight = Task.Run(() => probe.CollectAsync(this, limit).AsTask(), CancellationToken.None);
            await _inFlight.WaitAsync(limit);
            return null;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return $"it did not finish within {timeout.TotalSeconds:0.#} s";
        }
        catch (Exception e)
        {
            return e.Message; // whatever a probe throws is its own failure, and never the agent's
        }
    }

    void Fail(string? reason)
    {
        if (string.Equals(reason, _failure, StringComparison.Ordinal))
            return;
        if (reason is null)
            log(AgentLogLevel.Information, $"probe {Info.Name} works again");
        else
            log(AgentLogLevel.Warning, $"probe {Info.Name} failed: {reason}");
        _failure = reason;
    }

    void TellNoData()
    {
        if (_noData is not null && !string.Equals(_noData, _toldNoData, StringComparison.Ordinal))
            log(AgentLogLevel.Information, $"probe {Info.Name} has no data: {_noData}");
        _toldNoData = _noData;
    }

    void ISampleSink.Add(MetricInfo metric, double value, params ReadOnlySpan<SampleAttribute> attributes) =>
        _samples.Add(metric, value, countersStartUnixNano, attributes);

    void ISampleSink.NoData(string why) => _noData = why;
}
