using Vigie.Agent.Probes;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Running;

/// <summary>
/// One probe's place in the rounds: runs it at once when it is quick, else on the thread pool, waits no longer than its time-out, never
/// starts it again while a call is in flight, and tells why it fails, once for each new reason.
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
    TimeSpan _duration;
    bool _succeeded;

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
    public async Task RunAsync(DateTimeOffset tick, TimeSpan timeout, CancellationToken ct)
    {
        _lastRun = tick;
        if (_inFlight is { IsCompleted: false })
        {
            End("its last run hangs still, so it was not started again", TimeSpan.Zero);
            return;
        }
        long began = Begin();
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        string? failure = await FailureOfAsync(either.Token, timeout);
        ct.ThrowIfCancellationRequested();
        End(failure, time.GetElapsedTime(began));
        TellNoData();
    }

    /// <summary>The same for a probe that is quick, in the caller's thread.</summary>
    public void Run(DateTimeOffset tick)
    {
        _lastRun = tick;
        long began = Begin();
        string? failure = null;
        try
        {
            var run = probe.CollectAsync(this, CancellationToken.None);
            if (!run.IsCompletedSuccessfully)
                run.AsTask().GetAwaiter().GetResult(); // throws what it has thrown
        }
        catch (Exception e)
        {
            failure = e.Message; // whatever a probe throws is its own failure, and never the agent's
        }
        End(failure, time.GetElapsedTime(began));
        TellNoData();
    }

    long Begin()
    {
        _samples.Clear();
        _noData = null;
        return time.GetTimestamp();
    }

    void End(string? failure, TimeSpan duration)
    {
        Fail(failure);
        (_succeeded, _duration) = (failure is null, duration);
    }

    /// <summary>Hands the samples of the finished run over, if it succeeded, and the probe's own two metrics.</summary>
    public void MoveTo(OtlpSamples round)
    {
        if (_succeeded)
            round.AddAll(_samples);
        round.Add(Success, _succeeded ? 1 : 0, 0, _name);
        round.Add(Duration, _duration.TotalSeconds, 0, _name);
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
