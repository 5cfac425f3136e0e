using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// Batches that wait to be committed, and the thread that commits them: all that wait together in one transaction, because a
/// disk can do few commits a second and each can carry many batches.
/// </summary>
sealed class CommitQueue(Action<IReadOnlyList<WaitingBatch>> commit) : IDisposable
{
    /// <summary>Samples of one commit.</summary>
    const int LargestCommit = 1_000_000;

    /// <summary>
    /// Senders that were answered together are likely to come again together. So a commit waits this long for as many as there
    /// were last time; a lone sender never waits.
    /// </summary>
    static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(1);

    readonly object _lock = new();
    readonly Queue<WaitingBatch> _waiting = new();
    readonly List<WaitingBatch> _together = [];
    Thread? _thread;
    int _expected = 1;
    bool _stopping;

    /// <summary>Returns when the batch is durable, or says why it is not.</summary>
    public Task EnterAsync(WaitingBatch batch)
    {
        lock (_lock)
        {
            if (_stopping)
                throw new StoreUnavailableException("the store is closed: the hub is stopping");
            if (_thread is null)
                (_thread = new(Run) { IsBackground = true, Name = "commit" }).Start();
            _waiting.Enqueue(batch);
            if (_waiting.Count == 1 || _waiting.Count >= _expected)
                Monitor.Pulse(_lock);
        }
        return batch.Committed;
    }

    void Run()
    {
        while (Gather())
        {
            Exception? error = null;
            try
            {
                commit(_together);
            }
            catch (Exception e)
            {
                error = e; // whatever it is, all who wait hear of it
            }
            foreach (var batch in _together)
                batch.End(error);
        }
    }

    bool Gather()
    {
        lock (_lock)
        {
            while (_waiting.Count == 0)
            {
                if (_stopping)
                    return false;
                Monitor.Wait(_lock);
            }
            if (_waiting.Count < _expected && !_stopping)
                Monitor.Wait(_lock, Gathering);
            _together.Clear();
            int samples = 0;
            while (samples < LargestCommit && _waiting.TryDequeue(out var next))
            {
                _together.Add(next);
                samples += next.Batch.Count;
            }
            _expected = _together.Count + _waiting.Count;
            return true;
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
