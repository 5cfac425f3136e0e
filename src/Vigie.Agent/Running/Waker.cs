using System.Threading.Tasks.Sources;

namespace Vigie.Agent.Running;

/// <summary>
/// Lets one wait until another wakes it or its time is over, as often as is wanted: after the first time waiting allocates nothing, which
/// tasks, delays and semaphores can't do.
/// </summary>
sealed class Waker : IValueTaskSource<bool>, IDisposable
{
    readonly TimeProvider _time;
    readonly Lock _gate = new();
    readonly ITimer _timer;
    ManualResetValueTaskSourceCore<bool> _core;
    CancellationTokenRegistration _cancelled;
    CancellationToken _ct;
    TimeSpan _most;
    long _began;
    bool _isAwake, _isWaiting;

    public Waker(TimeProvider time)
    {
        _time = time;
        using (ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(static waker => ((Waker)waker!).TimeOver(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the wait that goes on, or else the next one before it begins. Twice is once.</summary>
    public void Wake()
    {
        lock (_gate)
            if (!TryEnd())
            {
                _isAwake = true;
                return;
            }
        _core.RunContinuationsAsynchronously = true; // who wakes has other things to do
        _core.SetResult(true);
    }

    /// <summary>Forgets that it was woken.</summary>
    public void Reset()
    {
        lock (_gate)
            _isAwake = false;
    }

    /// <summary>One waits at a time, and awaits it at once.</summary>
    /// <param name="most">How long; infinite for as long as it takes.</param>
    /// <returns>True when woken, false when the time was over.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ValueTask<bool> WaitAsync(TimeSpan most, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(ct);
        lock (_gate)
        {
            if (_isAwake || most == TimeSpan.Zero)
            {
                bool woken = _isAwake;
                _isAwake = false;
                return new(woken);
            }
            _core.Reset();
            (_isWaiting, _most, _began, _ct) = (true, most, _time.GetTimestamp(), ct);
        }
        short version = _core.Version;
        _cancelled = ct.UnsafeRegister(static waker => ((Waker)waker!).Cancelled(), this);
        if (most != Timeout.InfiniteTimeSpan)
            _timer.Change(most, Timeout.InfiniteTimeSpan);
        return new(this, version);
    }

    void TimeOver()
    {
        lock (_gate)
        {
            if (!_isWaiting || _most == Timeout.InfiniteTimeSpan)
                return;
            // A timer may be early, and one of an earlier wait may come late; a clock that runs backwards tells nothing.
            var left = _most - _time.GetElapsedTime(_began);
            if (left > TimeSpan.Zero && left <= _most)
            {
                _timer.Change(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left, Timeout.InfiniteTimeSpan);
                return;
            }
            TryEnd();
        }
        _core.RunContinuationsAsynchronously = false; // the timer's thread was woken for nothing else
        _core.SetResult(false);
    }

    void Cancelled()
    {
        lock (_gate)
            if (!TryEnd())
                return;
        _core.RunContinuationsAsynchronously = true;
        _core.SetException(new OperationCanceledException(_ct));
    }

    /// <summary>Whoever ends the wait is the only one who does.</summary>
    bool TryEnd()
    {
        bool was = _isWaiting;
        _isWaiting = false;
        return was;
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _cancelled.Dispose();
        return _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public void Dispose() => _timer.Dispose();
}
