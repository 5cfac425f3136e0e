using System.Runtime.CompilerServices;
using Vigie.Agent.Http;
using Vigie.Agent.Probes;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Running;

/// <summary>
/// One probe's place in the rounds: runs it at once when it is quick, else on another thread, waits no longer than its time-out, never
/// starts it again while a call is in flight, and tells why it fails, once for each new reason.
/// </summary>
sealed class ProbeSlot : ISampleSink, IThreadPoolWorkItem
{
    static readonly MetricInfo Success =
        new("vigie.probe.success", "1", MetricKind.Gauge, "1 when the probe's last run succeeded, else 0.");
    static readonly MetricInfo Duration = new("vigie.probe.duration", "s", MetricKind.Gauge, "How long the probe's last run took.");

    readonly OtlpSamples _samples = new();
    readonly IProbe _probe;
    readonly TimeProvider _time;
    readonly RoundLoop? _loop;
    readonly AgentLog _log;
    readonly ulong _countersStartUnixNano;
    readonly SampleAttribute _name;
    readonly Waker _ended;
    readonly Deadline _deadline;
    readonly Action _awaited;
    ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _call;
    CancellationToken _limit;
    long _began;
    bool _isInFlight, _isStarted;
    string? _noData, _failure, _toldNoData, _thrown;
    DateTimeOffset _lastRun;
    TimeSpan _duration, _took;
    bool _succeeded;

    /// <param name="countersStartUnixNano">When what the probe's counters count began; 0 when that is not known.</param>
    /// <param name="loop">Carries the rounds; null when the pool's threads do.</param>
    public ProbeSlot(IProbe probe, TimeProvider time, AgentLog log, ulong countersStartUnixNano, RoundLoop? loop = null)
    {
        (_probe, _time, _log, _countersStartUnixNano, _loop) = (probe, time, log, countersStartUnixNano, loop);
        (_name, _ended, _deadline, _awaited) = (new("probe", probe.Info.Name), new(time, loop), new(time), EndOfCall);
    }

    public ProbeInfo Info => _probe.Info;

    /// <summary>Whether the next run needs no thread of its own.</summary>
    public bool IsQuick => _probe.IsQuick;

    /// <summary>Whether it runs at this tick, by its own interval when it has one.</summary>
    public bool IsDue(DateTimeOffset tick)
    {
        if (Info.Interval is not { } own || tick < _lastRun)
            return true;
        var grid = new TickGrid(own);
        return grid.AtOrBefore(tick) > grid.AtOrBefore(_lastRun);
    }

    /// <summary>Runs the probe if it is quick, or else starts it on another thread. Its samples stay here until <see cref="MoveTo"/>.</summary>
    public void Start(DateTimeOffset tick, TimeSpan timeout, CancellationToken ct)
    {
        _lastRun = tick;
        lock (_ended) // an end that comes late wakes nobody who waits for this run
        {
            _isStarted = !_isInFlight;
            if (!_isStarted)
                return;
            _ended.Reset();
            _isInFlight = true;
        }
        _began = Begin();
        if (_probe.IsQuick)
        {
            _limit = ct;
            Call();
            return;
        }
        _limit = _deadline.Start(Timeout.InfiniteTimeSpan, ct); // the wait for its end has the clock, and needs no second one
        if (_loop is not null)
            _loop.Side.Start(this);
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Waits for what was started, no longer than its time-out.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FinishAsync(TimeSpan timeout, CancellationToken ct)
    {
        if (!_isStarted)
        {
            End("its last run hangs still, so it was not started again", TimeSpan.Zero);
            return;
        }
        var left = timeout - _time.GetElapsedTime(_began);
        bool ended = await _ended.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, ct);
        if (!ended && _limit != ct)
        {
            _deadline.Cancel();
            _loop?.Side.Relieve();
        }
        bool isOver = !ended || _limit.IsCancellationRequested;
        _deadline.End();
        ct.ThrowIfCancellationRequested();
        bool isDone = ended && !(isOver && _thrown is not null);
        End(isDone ? _thrown : $"it did not finish within {timeout.TotalSeconds:0.#} s", isDone ? _took : timeout);
    }

    void IThreadPoolWorkItem.Execute() => Call();

    void Call()
    {
        try
        {
            _call = _probe.CollectAsync(this, _limit).ConfigureAwait(false).GetAwaiter();
        }
        catch (Exception e)
        {
            EndOfCall(e.Message); // whatever a probe throws is its own failure, and never the agent's
            return;
        }
        if (_call.IsCompleted)
            EndOfCall();
        else
            _call.UnsafeOnCompleted(_awaited);
    }

    void EndOfCall()
    {
        string? thrown = null;
        try
        {
            _call.GetResult();
        }
        catch (Exception e)
        {
            thrown = e.Message;
        }
        EndOfCall(thrown);
    }

    void EndOfCall(string? thrown)
    {
        _took = _time.GetElapsedTime(_began);
        TellNoData();
        lock (_ended)
        {
            _thrown = thrown;
            _isInFlight = false;
            _ended.Wake();
        }
    }

    long Begin()
    {
        _samples.Clear();
        _noData = null;
        return _time.GetTimestamp();
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

    void Fail(string? reason)
    {
        if (string.Equals(reason, _failure, StringComparison.Ordinal))
            return;
        if (reason is null)
            _log(AgentLogLevel.Information, $"probe {Info.Name} works again");
        else
            _log(AgentLogLevel.Warning, $"probe {Info.Name} failed: {reason}");
        _failure = reason;
    }

    void TellNoData()
    {
        if (_noData is not null && !string.Equals(_noData, _toldNoData, StringComparison.Ordinal))
            _log(AgentLogLevel.Information, $"probe {Info.Name} has no data: {_noData}");
        _toldNoData = _noData;
    }

    void ISampleSink.Add(MetricInfo metric, double value, params ReadOnlySpan<SampleAttribute> attributes) =>
        _samples.Add(metric, value, _countersStartUnixNano, attributes);

    void ISampleSink.NoData(string why) => _noData = why;
}
