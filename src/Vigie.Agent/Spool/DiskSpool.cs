using System.IO.Compression;

namespace Vigie.Agent.Spool;

/// <summary>A request that comes back from the disk.</summary>
/// <param name="Otlp">Uncompressed; valid until the next one is asked for.</param>
readonly record struct SpooledRequest(ReadOnlyMemory<byte> Otlp, int Samples);

/// <summary>
/// Requests that wait on the disk while the hub is away: a ring of files, bounded in bytes and age, the oldest overwritten first and each
/// sample lost by it counted. Nothing is written while the hub answers. What was added survives a kill at once, and a power cut within a
/// minute. For one caller at a time; the counters may be read by others.
/// </summary>
sealed class DiskSpool : IDisposable
{
    static readonly TimeSpan BetweenSyncs = TimeSpan.FromMinutes(1);

    readonly string _folder;
    readonly SpoolLimits _limits;
    readonly TimeProvider _time;
    readonly FileStream _lock;
    readonly Queue<SpoolSegment> _segments = new();
    readonly MemoryStream _packed = new(), _unpacked = new();
    byte[] _buffer = [];
    SpoolSegment? _writing;
    SpoolRecord _peeked;
    long _synced, _next, _droppedFull, _droppedOld, _droppedDamaged;
    bool _isDirty;

    DiskSpool(string folder, SpoolLimits limits, TimeProvider time, FileStream owner) =>
        (_folder, _limits, _time, _lock, _synced) = (folder, limits, time, owner, time.GetTimestamp());

    /// <summary>Samples overwritten because the spool was full.</summary>
    public long DroppedFull => Interlocked.Read(ref _droppedFull);

    /// <summary>Samples that had waited too long.</summary>
    public long DroppedOld => Interlocked.Read(ref _droppedOld);

    /// <summary>Samples whose bytes the disk did not give back as they were.</summary>
    public long DroppedDamaged => Interlocked.Read(ref _droppedDamaged);

    /// <summary>Samples that wait.</summary>
    public long Waiting => _segments.Sum(s => s.Waiting);

    /// <summary>Opens the folder's spool, with what an earlier run has left in it.</summary>
    /// <exception cref="IOException">The folder can't be made or written, or another agent uses it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static DiskSpool Open(string folder, SpoolLimits limits, TimeProvider time)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var owner = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var spool = new DiskSpool(folder, limits, time, owner);
        try
        {
            foreach (var segment in SpoolSegment.OpenAll(folder))
            {
                spool._segments.Enqueue(segment);
                spool._next = segment.Number + 1;
                spool._droppedDamaged += segment.Torn;
            }
            spool.DropReadOnes();
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <summary>Adds a request behind all others.</summary>
    /// <exception cref="IOException">The disk is full or fails; nothing of the request is kept here.</exception>
    public void Add(ReadOnlySpan<byte> otlp, int samples, DateTimeOffset measured)
    {
        _packed.SetLength(0);
        using (var pack = new ZLibStream(_packed, CompressionLevel.Optimal, leaveOpen: true))
            pack.Write(otlp);
        var record = new SpoolRecord((int)_packed.Length, samples, measured.ToUnixTimeMilliseconds());
        if (_buffer.Length < record.Bytes)
            _buffer = new byte[record.Bytes];
        record.Write(_buffer, _packed.GetBuffer().AsSpan(0, record.Length));
        MakeRoom(record.Bytes);
        Segment(record.Bytes).Append(_buffer.AsSpan(0, record.Bytes), record);
        _isDirty = true;
        if (_time.GetElapsedTime(_synced) >= BetweenSyncs)
            Flush();
    }

    /// <summary>The oldest request, which stays until <see cref="Done"/>; null when none waits.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public SpooledRequest? Next()
    {
        long oldest = (_time.GetUtcNow() - _limits.Age).ToUnixTimeMilliseconds();
        while (_segments.TryPeek(out var segment))
        {
            if (!segment.TryPeek(ref _buffer, out _peeked, out bool isWhole))
            {
                Interlocked.Add(ref _droppedDamaged, segment.Waiting);
                DropFirst();
            }
            else if (_peeked.UnixMs < oldest)
                Drop(ref _droppedOld);
            else if (!isWhole || !Unpack())
                Drop(ref _droppedDamaged);
            else
                return new(_unpacked.GetBuffer().AsMemory(0, (int)_unpacked.Length), _peeked.Samples);
        }
        return null;
    }

    /// <summary>The request that <see cref="Next"/> gave is not needed any more.</summary>
    public void Done()
    {
        _segments.Peek().Pass(_peeked);
        DropReadOnes();
    }

    void Drop(ref long counter)
    {
        Interlocked.Add(ref counter, _peeked.Samples);
        Done();
    }

    void DropReadOnes()
    {
        while (_segments.TryPeek(out var segment) && segment.IsRead)
            DropFirst();
    }

    void DropFirst()
    {
        var segment = _segments.Dequeue();
        if (segment == _writing)
            (_writing, _isDirty) = (null, false);
        segment.Delete();
    }

    void MakeRoom(int bytes)
    {
        while (_segments.Count > 0 && _segments.Sum(s => s.Bytes) + bytes > _limits.Bytes)
        {
            Interlocked.Add(ref _droppedFull, _segments.Peek().Waiting);
            DropFirst();
        }
    }

    SpoolSegment Segment(int bytes)
    {
        if (_writing is not null && _writing.Bytes + bytes <= _limits.SegmentBytes)
            return _writing;
        Flush();
        _writing = SpoolSegment.Create(_folder, _next);
        _next++;
        _segments.Enqueue(_writing);
        return _writing;
    }

    bool Unpack()
    {
        _unpacked.SetLength(0);
        try
        {
            using var pack = new ZLibStream(new MemoryStream(_buffer, 0, _peeked.Length, writable: false), CompressionMode.Decompress);
            pack.CopyTo(_unpacked);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Brings all that was added to the disk.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public void Flush()
    {
        if (_isDirty)
            _writing?.Flush();
        (_isDirty, _synced) = (false, _time.GetTimestamp());
    }

    public void Dispose()
    {
        foreach (var segment in _segments)
            segment.Dispose();
        _segments.Clear();
        _lock.Dispose();
        _packed.Dispose();
        _unpacked.Dispose();
    }
}
