using System.Threading.Tasks.Sources;

namespace Vigie.Agent.Running;

/// <summary>
/// Lets one wait until another wakes it or its time is over, as often as is wanted: after the first time waiting allocates nothing, which
/// tasks, delays and semaphores can't do.
/// </summary>
sealed class Waker : IValueTaskSource<bool>, IDisposable
{
    readonly TimeProvider _time;
    readonly RoundLoop? _loop;
    readonly Lock _gate = new();
    readonly ITimer? _timer;
    ManualResetValueTaskSourceCore<bool> _core;
    CancellationTokenRegistration _cancelled;
    CancellationToken _ct;
    TimeSpan _most;
    long _began;
    bool _isAwake, _isWaiting, _isWoken;

    /// <param name="loop">On whose thread it goes on after each wait; null for the thread of the timer, or one of the pool.</param>
    public Waker(TimeProvider time, RoundLoop? loop = null)
    {
        (_time, _loop) = (time, loop);
        if (loop is not null)
            return;
        using (ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(static waker => ((Waker)waker!).TimeOver(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>When the wait that goes on is over, by the clock's time stamps; the greatest for never. For the loop.</summary>
    public long DueAt { get; private set; }

    /// <summary>Whether a wait goes on. For the loop.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting);

    /// <summary>Ends the wait that goes on, or else the next one before it begins. Twice is once.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (!TryEnd())
            {
                _isAwake = true;
                return;
            }
            _isWoken = true;
        }
        if (_loop is not null)
        {
            _loop.Post(this);
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
            (_isWaiting, _isWoken, _most, _began, _ct) = (true, false, most, _time.GetTimestamp(), ct);
            DueAt = most == Timeout.InfiniteTimeSpan ? long.MaxValue
                : _began + (long)Math.Ceiling(most.TotalSeconds * _time.TimestampFrequency);
        }
        short version = _core.Version;
        _cancelled = ct.UnsafeRegister(static waker => ((Waker)waker!).Cancelled(), this);
        if (_loop is not null)
            _loop.Add(this);
        else if (most != Timeout.InfiniteTimeSpan)
            _timer!.Change(most, Timeout.InfiniteTimeSpan);
        return new(this, version);
    }

    /// <summary>For the loop: whether the wait was still going on. It is over now, and <see cref="Finish"/> is to follow.</summary>
    public bool TryEndByTime()
    {
        lock (_gate)
            return TryEnd();
    }

    /// <summary>For the loop: goes on, on this thread, with what has waited.</summary>
    public void Finish()
    {
        _core.RunContinuationsAsynchronously = false;
        if (_ct.IsCancellationRequested && !_isWoken)
            _core.SetException(new OperationCanceledException(_ct));
        else
            _core.SetResult(_isWoken);
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
                _timer!.Change(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left, Timeout.InfiniteTimeSpan);
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
        if (_loop is not null)
        {
            _loop.Post(this);
            return;
        }
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

    public void Dispose() => _timer?.Dispose();
}
