namespace Vigie.Agent.Running;

/// <summary>
/// A thread beside that of the rounds for what may take long, one piece of work after the other. The runtime's pool would do it, too, but with
/// three threads that go on waking each other for half a minute. Work that hangs keeps the thread it hangs on, and another takes over.
/// </summary>
sealed class SideThread
{
    readonly object _gate = new(); // a Monitor, because the idle worker waits on it
    readonly Queue<IThreadPoolWorkItem> _queue = new();
    Worker? _worker;

    sealed class Worker
    {
        public bool IsBusy;
    }

    public void Start(IThreadPoolWorkItem work)
    {
        lock (_gate)
        {
            _queue.Enqueue(work);
            if (_worker is null)
                StartWorker();
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>The same for work that gives something. What awaits it goes on on this thread.</summary>
    public Task<T> Run<T>(Func<ValueTask<T>> work)
    {
        var piece = new Piece<T>(work);
        Start(piece);
        return piece.Task;
    }

    sealed class Piece<T>(Func<ValueTask<T>> work) : IThreadPoolWorkItem
    {
        readonly TaskCompletionSource<T> _done = new();

        public Task<T> Task => _done.Task;

        void IThreadPoolWorkItem.Execute()
        {
            try
            {
                _done.SetResult(work().AsTask().GetAwaiter().GetResult());
            }
            catch (Exception e)
            {
                _done.SetException(e); // whoever awaits it decides what it means
            }
        }
    }

    /// <summary>Something has taken too long: if the thread is still at it, another goes on with what waits, now and from now on.</summary>
    public void Relieve()
    {
        lock (_gate)
            if (_worker is { IsBusy: true })
                StartWorker();
    }

    void StartWorker()
    {
        var worker = _worker = new();
        new Thread(() => Work(worker), maxStackSize: 256 * 1024) { IsBackground = true, Name = "probes" }.Start();
    }

    void Work(Worker worker)
    {
        while (Take(worker) is { } work)
        {
            work.Execute(); // a probe's call, which keeps whatever it throws
            lock (_gate)
                worker.IsBusy = false;
        }
    }

    IThreadPoolWorkItem? Take(Worker worker)
    {
        lock (_gate)
        {
            while (worker == _worker && _queue.Count == 0)
                Monitor.Wait(_gate);
            if (worker != _worker)
                return null;
            worker.IsBusy = true;
            return _queue.Dequeue();
        }
    }
}
