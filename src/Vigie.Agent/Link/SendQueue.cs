namespace Vigie.Agent.Link;

/// <summary>One request that waits to be sent, in a buffer that the next one takes over when it is done with.</summary>
sealed class QueuedRequest
{
    byte[] _bytes = [];

    public ReadOnlyMemory<byte> Otlp => _bytes.AsMemory(0, Length);

    public int Length { get; private set; }

    public int Samples { get; private set; }

    public long QueuedAt { get; private set; }

    public void Fill(ReadOnlyMemory<byte> otlp, int samples, long queuedAt)
    {
        if (_bytes.Length < otlp.Length)
            _bytes = new byte[otlp.Length + otlp.Length / 8]; // rounds differ by a few samples
        otlp.Span.CopyTo(_bytes);
        (Length, Samples, QueuedAt) = (otlp.Length, samples, queuedAt);
    }
}

/// <summary>
/// Requests that wait for the hub, oldest first, bounded by bytes and by age. When it is full the oldest goes, and every sample lost
/// this way is counted. Safe for one that adds and one that sends.
/// </summary>
sealed class SendQueue(long mostBytes, TimeSpan mostAge, TimeProvider time)
{
    readonly Lock _gate = new();
    readonly List<QueuedRequest> _waiting = [];
    QueuedRequest? _sending, _spare;
    long _bytes, _samples, _droppedFull, _droppedOld;
    bool _hasFresh;

    /// <summary>Samples dropped because the queue was full.</summary>
    public long DroppedFull => Interlocked.Read(ref _droppedFull);

    /// <summary>Samples dropped because they had waited too long.</summary>
    public long DroppedOld => Interlocked.Read(ref _droppedOld);

    public int Count
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>Samples that wait.</summary>
    public long Samples
    {
        get
        {
            lock (_gate)
                return _samples;
        }
    }

    public void Add(ReadOnlyMemory<byte> otlp, int samples)
    {
        lock (_gate)
        {
            if (otlp.Length > mostBytes)
            {
                _droppedFull += samples;
                return;
            }
            var request = _spare ?? new();
            _spare = null;
            request.Fill(otlp, samples, time.GetTimestamp());
            _waiting.Add(request);
            _bytes += request.Length;
            _samples += samples;
            _hasFresh = true;
            DropOld();
            while (_bytes > mostBytes && Oldest(except: request) is { } oldest)
                Drop(oldest, ref _droppedFull);
        }
    }

    /// <summary>
    /// The request to send next; it stays here until <see cref="Done"/>. What was measured last goes first, so that a hub that comes back
    /// shows the present at once; the backlog follows in its order.
    /// </summary>
    /// <param name="onlyFresh">An older backlog waits elsewhere: give what was measured last, if it was not tried yet, or nothing.</param>
    public QueuedRequest? Next(bool onlyFresh = false)
    {
        lock (_gate)
        {
            DropOld();
            _sending = _waiting.Count == 0 ? null : _hasFresh ? _waiting[^1] : onlyFresh ? null : _waiting[0];
            _hasFresh = false;
            return _sending;
        }
    }

    /// <summary>The request went out, or never will.</summary>
    public void Done(QueuedRequest request)
    {
        lock (_gate)
        {
            _sending = null;
            Remove(request);
        }
    }

    /// <summary>Hands over those that wait, the oldest first, until <paramref name="take"/> refuses one; what was taken is gone here.</summary>
    /// <param name="keep">So many of the newest stay.</param>
    public void MoveTo(int keep, Func<QueuedRequest, bool> take)
    {
        lock (_gate)
            while (_waiting.Count > keep && _waiting[0] is var oldest && take(oldest))
                Remove(oldest);
    }

    /// <summary>The request stays, to be tried again.</summary>
    public void Keep()
    {
        lock (_gate)
        {
            _hasFresh |= _sending is not null && _sending == _waiting.LastOrDefault();
            _sending = null;
        }
    }

    void DropOld()
    {
        long now = time.GetTimestamp();
        while (Oldest(except: null) is { } oldest && time.GetElapsedTime(oldest.QueuedAt, now) > mostAge)
            Drop(oldest, ref _droppedOld);
    }

    // What is under way may be stored already; dropping it would count samples as lost that are not.
    QueuedRequest? Oldest(QueuedRequest? except)
    {
        foreach (var request in _waiting)
            if (request != _sending && request != except)
                return request;
        return null;
    }

    void Drop(QueuedRequest request, ref long counter)
    {
        counter += request.Samples;
        Remove(request);
    }

    void Remove(QueuedRequest request)
    {
        _waiting.Remove(request);
        _bytes -= request.Length;
        _samples -= request.Samples;
        _spare = request;
    }
}
