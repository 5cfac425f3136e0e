using Vigie.Hub.Configuration;

namespace Vigie.Hub.Ingest;

/// <summary>
/// Whether the data folder's file system has room for samples. A reserve is kept: with it alerts, mails and the hub's own
/// measurements can still be written when senders are told to wait.
/// </summary>
sealed class DiskWatch(DataFolder folder, HubOptions options, TimeProvider time, ILogger<DiskWatch> log)
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    readonly Lock _lock = new();
    long _lookedAt;
    bool _looked;

    /// <summary>Bytes an unprivileged writer may still use; tests put another measure in its place.</summary>
    internal Func<string, long> Free { get; init; } = path => new DriveInfo(path).AvailableFreeSpace;

    /// <summary>Bytes left at the last look.</summary>
    public ByteSize Left { get; private set; }

    public bool IsLow { get; private set; }

    /// <summary>Looks at most every few seconds: each request asks.</summary>
    public bool Look()
    {
        lock (_lock)
        {
            if (_looked && time.GetElapsedTime(_lookedAt) < LookEvery)
                return IsLow;
            (_looked, _lookedAt) = (true, time.GetTimestamp());
            try
            {
                Left = new(Free(folder.Path));
            }
            catch (IOException)
            {
                return IsLow; // a file system that can't be asked is told by the writes themselves
            }
            long reserve = options.Ingest.DiskReserve.Bytes;
            // A tenth more before it ends, so that it doesn't begin and end with every file that comes and goes.
            bool low = Left.Bytes < (IsLow ? reserve + (reserve / 10) : reserve);
            if (low != IsLow && low)
                Log.DiskLow(log, Left, options.Ingest.DiskReserve);
            else if (low != IsLow)
                Log.DiskRecovered(log, Left);
            return IsLow = low;
        }
    }
}
