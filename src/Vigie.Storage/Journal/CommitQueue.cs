using System.Diagnostics;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// Batches that wait to be committed. All that wait together are committed in one transaction, because a disk can do few
/// commits a second and each can carry many batches. Who completes a group commits it, in its own thread: waking another one
/// costs as much as the commit itself. A thread stands by for groups that nobody completes.
/// </summary>
/// <param name="tryCommit">
/// Commits batches; the flag tells whether it may wait for its turn. False when it would have to, and then nothing was done.
/// </param>
sealed class CommitQueue(Func<IReadOnlyList<WaitingBatch>, bool, bool> tryCommit) : IDisposable
{
    /// <summary>Samples of one commit.</summary>
    const int LargestCommit = 1_000_000;

    /// <summary>
    /// Senders that were answered together are likely to come again together. So a group waits for as many as there were last
    /// time, and for the rest at most two of these.
    /// </summary>
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    /// <summary>Ticks without a sender after which the thread sleeps until there is one.</summary>
    const int QuietTicks = 50;

    /// <summary>
    /// A commit that takes longer is left to the thread: who completes a group may be the one that reads all sockets, and waking
    /// the thread is then little beside it.
    /// </summary>
    static readonly TimeSpan Long = TimeSpan.FromMilliseconds(5);

    readonly object _lock = new();
    readonly Queue<WaitingBatch> _waiting = new();
    readonly List<WaitingBatch> _together = [];
    readonly GroupSize _size = new();
    Thread? _thread;
    int _ticks;
    bool _isBusy, _isWatched, _isSlow, _stopping;

    /// <summary>
    /// Returns when the batch is durable, or says why it is not. What follows may run in the thread of another sender, which has
    /// committed for all: it must be short and not block.
    /// </summary>
    public Task EnterAsync(WaitingBatch batch)
    {
        bool lead;
        lock (_lock)
        {
            if (_stopping)
                throw new StoreUnavailableException("the store is closed: the hub is stopping");
            _waiting.Enqueue(batch);
            bool isComplete = !_isBusy && _waiting.Count >= _size.Expected;
            lead = isComplete && !_isSlow;
            if (lead)
                Take();
            else
                Watch();
            if (isComplete && !lead)
                Monitor.Pulse(_lock);
        }
        if (lead && !Commit(mayWait: false))
            lock (_lock)
            {
                // Somebody else writes just now: the thread that may wait for it takes over.
                foreach (var taken in _together)
                    _waiting.Enqueue(taken);
                _isBusy = false;
                Watch();
                Monitor.Pulse(_lock);
            }
        return batch.Committed;
    }

    /// <summary>The next group. The caller has the lock, and is busy from now on.</summary>
    void Take()
    {
        (_isBusy, _ticks) = (true, 0);
        _together.Clear();
        int samples = 0;
        while (samples < LargestCommit && _waiting.TryDequeue(out var next))
        {
            _together.Add(next);
            samples += next.Batch.Count;
        }
    }

    bool Commit(bool mayWait)
    {
        Exception? error = null;
        long started = Stopwatch.GetTimestamp();
        try
        {
            if (!tryCommit(_together, mayWait))
                return false;
        }
        catch (Exception e)
        {
            error = e; // whatever it is, all who wait hear of it
        }
        var took = Stopwatch.GetElapsedTime(started);
        if (mayWait)
            // Whoever goes on there must not hold up the only thread that stands by, nor end the store in it.
            ThreadPool.UnsafeQueueUserWorkItem(ended => End(ended.batches, ended.error), (batches: _together.ToArray(), error),
                preferLocal: false);
        else
            // Still busy: who is answered may send again at once, and must not commit inside of this.
            End(_together, error);
        lock (_lock)
        {
            _size.Learn(_together.Count, _waiting.Count);
            _isSlow = took > Long;
            _isBusy = false;
            if (_waiting.Count > 0)
                Watch();
        }
        return true;
    }

    static void End(IEnumerable<WaitingBatch> batches, Exception? error)
    {
        foreach (var batch in batches)
            batch.End(error);
    }

    /// <summary>Lets the thread stand by. The caller has the lock.</summary>
    void Watch()
    {
        if (_isWatched)
            return;
        _isWatched = true;
        if (_thread is null)
            (_thread = new(Run) { IsBackground = true, Name = "commit" }).Start();
        else
            Monitor.Pulse(_lock);
    }

    /// <summary>While senders come, looks at each tick whether some wait that have waited for two.</summary>
    void Run()
    {
        for (int quiet = 0; ;)
        {
            bool lead;
            lock (_lock)
            {
                if (_waiting.Count == 0 && !_isBusy)
                {
                    if (_stopping)
                        return;
                    if (++quiet > QuietTicks)
                    {
                        _isWatched = false;
                        while (!_isWatched && !_stopping)
                            Monitor.Wait(_lock);
                        quiet = 0;
                    }
                }
                else
                    quiet = 0;
                if (!_stopping || _isBusy)
                    Monitor.Wait(_lock, Tick);
                lead = !_isBusy && _waiting.Count > 0 && (++_ticks >= 2 || _waiting.Count >= _size.Expected || _stopping);
                if (lead)
                    Take();
            }
            if (lead)
                Commit(mayWait: true);
        }
    }

    /// <summary>Commits what waits, and takes no more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }
        _thread?.Join();
    }
}
