using System.Runtime.CompilerServices;
using Vigie.Agent.Running;

namespace Vigie.Agent.Reading;

/// <summary>What a mount said in the last round: it hangs, or its space, or neither when it can't be asked.</summary>
readonly record struct MountAnswer(bool Hangs, FileSystemSpace? Space);

/// <summary>
/// Asks mounts for their space on a thread of its own, because the call may never return. A mount that hangs keeps the thread it
/// hangs on, and another takes over for the rest; a mount is not asked again while a call to it is under way.
/// </summary>
sealed class MountWatch(ReadSpace readSpace, TimeProvider time, RoundLoop? loop = null)
{
    readonly object _gate = new(); // a Monitor, because idle workers wait on it
    readonly Waker _allCame = new(time, loop);
    readonly Dictionary<string, Question> _questions = new(StringComparer.Ordinal);
    readonly Queue<Question> _queue = new();
    IReadOnlyList<Mount>? _known;
    Worker? _worker;
    int _round, _open, _taken;

    sealed class Question(string mountpoint)
    {
        public readonly string Mountpoint = mountpoint;
        public bool UnderWay;
        public int Round;
        public FileSystemSpace? Space;
    }

    sealed class Worker
    {
        public bool Busy;
    }

    public MountAnswer AnswerOf(Mount mount)
    {
        lock (_gate)
            return _questions.TryGetValue(mount.Mountpoint, out var question) ? new(question.UnderWay, question.Space) : default;
    }

    /// <summary>
    /// Returns when every mount that doesn't hang already has answered, or patience is at its end. After a quarter of it without a step
    /// forward the thread counts as hanging.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AskAsync(IReadOnlyList<Mount> mounts, TimeSpan patience, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        Enqueue(mounts);
        while (time.GetElapsedTime(began) < patience)
        {
            int taken = _taken;
            if (await _allCame.WaitAsync(patience / 4, ct))
                return;
            lock (_gate)
                if (taken == _taken && _queue.Count > 0)
                    StartWorker();
        }
    }

    void Enqueue(IReadOnlyList<Mount> mounts)
    {
        lock (_gate)
        {
            _round++;
            _open = 0;
            _queue.Clear(); // what no thread came to take in the last round is asked anew
            _allCame.Reset();
            if (!ReferenceEquals(mounts, _known))
                Forget(mounts);
            for (int i = 0; i < mounts.Count; i++)
                Enqueue(mounts[i].Mountpoint);
            if (_open == 0)
                _allCame.Wake();
            else if (_worker is null || _worker.Busy)
                StartWorker();
            Monitor.PulseAll(_gate);
        }
    }

    void Forget(IReadOnlyList<Mount> mounts)
    {
        foreach (var gone in _questions.Keys.Where(known => !_questions[known].UnderWay && mounts.All(m => m.Mountpoint != known)).ToArray())
            _questions.Remove(gone);
        _known = mounts;
    }

    void Enqueue(string mountpoint)
    {
        if (!_questions.TryGetValue(mountpoint, out var question))
            _questions[mountpoint] = question = new(mountpoint);
        question.Space = null;
        if (question.UnderWay)
            return;
        question.Round = _round;
        _queue.Enqueue(question);
        _open++;
    }

    /// <summary>Puts a new thread in the place of one that hangs, which ends as soon as its call returns.</summary>
    void StartWorker()
    {
        var worker = _worker = new();
        new Thread(() => Work(worker), maxStackSize: 256 * 1024) { IsBackground = true, Name = "mounts" }.Start();
    }

    void Work(Worker worker)
    {
        while (Take(worker) is { } question)
        {
            FileSystemSpace? space = null;
            try
            {
                space = readSpace(question.Mountpoint);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Hidden from us, or just unmounted: no answer, and nothing that hangs.
            }
            Finish(worker, question, space);
        }
    }

    Question? Take(Worker worker)
    {
        lock (_gate)
        {
            while (worker == _worker && _queue.Count == 0)
                Monitor.Wait(_gate);
            if (worker != _worker)
                return null;
            var question = _queue.Dequeue();
            question.UnderWay = worker.Busy = true;
            _taken++;
            return question;
        }
    }

    void Finish(Worker worker, Question question, FileSystemSpace? space)
    {
        lock (_gate)
        {
            question.UnderWay = worker.Busy = false;
            question.Space = space;
            if (question.Round == _round && --_open == 0)
                _allCame.Wake();
        }
    }
}
