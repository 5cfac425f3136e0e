namespace Vigie.Hub;

/// <summary>
/// Gives memory back that a burst has left. The collector works when something is allocated, and a hub at rest allocates next to
/// nothing, samples of known series nothing at all: what new series, a sealing or a large query has made it take, it would keep
/// for hours. It is called when the burst is over, because then all of its garbage is dead.
/// </summary>
/// <param name="release">Gives up buffers that would be used again.</param>
sealed class HeapSlack(TimeProvider time, Action release)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>Processor time between two looks that is still rest.</summary>
    static readonly TimeSpan Rest = Every / 20;

    /// <summary>
    /// Bytes allocated after which the young generations are collected, which takes a few milliseconds. Left to itself the
    /// collector begins in the midst of a later burst, such as a round of the alerts, and keeps half of that one's garbage for long.
    /// </summary>
    const long Young = 2 << 20;

    /// <summary>
    /// Committed bytes above those of the last time that are worth a collection of all, which stops everything for about a
    /// millisecond for each megabyte that is alive; an eighth of them must be it, too.
    /// </summary>
    const long Least = 8 << 20;

    /// <summary>Times the length of the last such collection until there may be another: it takes a hundredth of the time.</summary>
    const int Spacing = 100;

    /// <summary>What grows no further than the last time comes from the usual work, the rounds of alerts, and is soon taken again.</summary>
    static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);

    TimeSpan _used, _length;
    long _allocated, _committed = Committed, _level, _end;

    /// <summary>What the collector has of the system, as of its last collection.</summary>
    static long Committed => GC.GetGCMemoryInfo().TotalCommittedBytes;

    /// <summary>To be called at <see cref="Every"/>.</summary>
    public void Look()
    {
        var used = Environment.CpuUsage.TotalTime;
        bool rests = used - _used < Rest && _used > TimeSpan.Zero;
        _used = used;
        if (!rests)
            return;
        long now = time.GetTimestamp(), committed = Committed;
        var spacing = committed > _level ? _length * Spacing : Usual;
        if (time.GetElapsedTime(_end, now) >= spacing && IsMuch(committed, _committed))
        {
            release();
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            NativeMemory.GiveBack();
            (_committed, _level, _end) = (Committed, committed, time.GetTimestamp());
            _length = time.GetElapsedTime(now, _end);
        }
        else if (GC.GetTotalAllocatedBytes(precise: false) - _allocated >= Young)
            GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        else
            return;
        (_used, _allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: false));
    }

    /// <param name="before">What was committed after the last collection of this kind, or at the start.</param>
    public static bool IsMuch(long committed, long before) => committed - before > Math.Max(Least, before / 8);
}
