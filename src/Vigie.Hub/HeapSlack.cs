namespace Vigie.Hub;

/// <summary>
/// Gives memory back that a burst has left. The collector works when something is allocated, and a hub at rest allocates next to
/// nothing, samples of known series nothing at all: what new series, a sealing or a large query has made it take, it would keep
/// for hours. One compacting collection stops everything for about a millisecond for each megabyte that is alive, so there is
/// none before the burst is over, none for little, and not one after the other.
/// </summary>
sealed class HeapSlack(TimeProvider time)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    /// <summary>Bytes allocated from one look to the next that are still rest.</summary>
    const long Rest = 2 << 20;

    /// <summary>Committed bytes above those of the last time that are worth a collection; a quarter of them must be it, too.</summary>
    const long Least = 16 << 20;

    long _allocated = long.MaxValue, _committed = GC.GetGCMemoryInfo().TotalCommittedBytes;
    DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>To be called at <see cref="Every"/>.</summary>
    public void Look()
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: false), committed = GC.GetGCMemoryInfo().TotalCommittedBytes;
        bool due = IsDue(allocated - _allocated, committed, _committed, time.GetUtcNow() - _last);
        _allocated = allocated;
        if (!due)
            return;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeMemory.GiveBack();
        (_committed, _last) = (GC.GetGCMemoryInfo().TotalCommittedBytes, time.GetUtcNow());
    }

    /// <param name="allocated">Since the last look.</param>
    /// <param name="before">What was committed after the last collection of this kind, or at the start.</param>
    /// <param name="since">The time since then; a clock that was set back counts as well.</param>
    public static bool IsDue(long allocated, long committed, long before, TimeSpan since) =>
        allocated is >= 0 and < Rest && committed - before > Math.Max(Least, before / 4) && since.Duration() > Between;
}
