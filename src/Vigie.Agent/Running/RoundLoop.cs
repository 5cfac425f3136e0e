using System.Runtime.InteropServices;

namespace Vigie.Agent.Running;

/// <summary>
/// One thread that carries the usual round from its tick to the hub's answer: it sleeps until the first of the wakers that wait by it is due
/// or woken, and goes on with what has waited. The runtime's own way (a thread for timers, which wakes one of the pool, which wakes another)
/// takes longer than all that a round does. Nothing that may block belongs on it.
/// </summary>
sealed partial class RoundLoop : IDisposable
{
    const int NonBlockingCloseOnExec = 0x80800, Readable = 1; // EFD_…, POLLIN

    readonly TimeProvider _time;
    readonly Lock _gate = new();
    readonly List<Waker> _waiting = [], _woken = [];
    readonly int _bell;
    long _sleepsUntil = long.MinValue; // of the clock that only runs forward; the least when it does not sleep

    [StructLayout(LayoutKind.Sequential)]
    struct PollEntry
    {
        public int File;
        public short Wanted, Found;
    }

    /// <exception cref="IOException">The kernel gives no event counter.</exception>
    public RoundLoop(TimeProvider time)
    {
        _time = time;
        _bell = EventFd(0, NonBlockingCloseOnExec);
        if (_bell < 0)
            throw new IOException($"eventfd: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>For what may take long in a round.</summary>
    public SideThread Side { get; } = new();

    /// <summary>From now on the loop looks after a waker that waits.</summary>
    public void Add(Waker waker)
    {
        bool rings;
        lock (_gate)
        {
            if (!waker.IsWaiting) // it was woken in between
                return;
            _waiting.Add(waker);
            rings = waker.DueAt < _sleepsUntil;
        }
        if (rings)
            Ring();
    }

    /// <summary>Has a waker's wait ended by the loop's own thread; its <see cref="Waker.Finish"/> is called there, once.</summary>
    public void Post(Waker waker)
    {
        bool rings;
        lock (_gate)
        {
            _waiting.Remove(waker);
            _woken.Add(waker);
            rings = _sleepsUntil != long.MinValue;
        }
        if (rings)
            Ring();
    }

    /// <summary>Lends the calling thread to the loop until the task has ended.</summary>
    public T Run<T>(Task<T> until)
    {
        bool isOver = false;
        var told = until.ContinueWith(_ =>
        {
            Volatile.Write(ref isOver, true);
            Ring();
        }, TaskScheduler.Default);
        while (!Volatile.Read(ref isOver))
        {
            if (Next() is { } waker)
                waker.Finish();
            else
                Sleep();
        }
        told.Wait(); // the bell must not be rung when it is gone
        return until.GetAwaiter().GetResult();
    }

    /// <summary>What has been woken first, then what is due.</summary>
    Waker? Next()
    {
        lock (_gate)
        {
            _sleepsUntil = long.MinValue;
            if (_woken.Count > 0)
            {
                var woken = _woken[0];
                _woken.RemoveAt(0);
                return woken;
            }
            long now = _time.GetTimestamp(), first = long.MaxValue;
            foreach (var waker in _waiting)
            {
                if (waker.DueAt > now)
                {
                    first = Math.Min(first, waker.DueAt);
                }
                else if (waker.TryEndByTime()) // else who has woken it is about to post it
                {
                    _waiting.Remove(waker);
                    return waker;
                }
            }
            _sleepsUntil = first;
            return null;
        }
    }

    void Sleep()
    {
        long until = _sleepsUntil; // set by this thread alone
        double left = until == long.MaxValue ? -1 : Math.Max(0, _time.GetElapsedTime(_time.GetTimestamp(), until).TotalMilliseconds);
        var bell = new PollEntry { File = _bell, Wanted = Readable };
        // Rounded up: what is woken too early has to sleep again.
        if (Poll(ref bell, 1, (int)Math.Min(Math.Ceiling(left), int.MaxValue)) > 0)
            _ = Read(_bell, out _, sizeof(ulong));
    }

    void Ring()
    {
        ulong one = 1;
        _ = Write(_bell, ref one, sizeof(ulong));
    }

    public void Dispose() => _ = Close(_bell);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint count, int flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, out ulong count, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int file, ref ulong count, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
