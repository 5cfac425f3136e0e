namespace Vigie.Storage;

/// <summary>Neighbouring instants that go into one run of blocks, with the blocks that are merged into it.</summary>
sealed class SealJob(BlockLevel level)
{
    public List<BlockInfo> Sources { get; } = [];

    public long FromMs { get; private set; } = long.MaxValue;

    public long ToMs { get; private set; } = long.MinValue;

    /// <summary>At most that many instants: blocks and new rows may have some in common.</summary>
    public int Rows { get; private set; }

    /// <summary>
    /// Blocks of a group never overlap: rows that fall into a block are merged with it, and small blocks at the end are merged
    /// with what follows them, so that each sample is packed only a few times.
    /// </summary>
    /// <param name="times">The new instants in order.</param>
    /// <param name="blocks">The group's blocks of that level in time order.</param>
    /// <param name="instants">Of a full block.</param>
    public static List<SealJob> Plan(ReadOnlySpan<long> times, BlockInfo[] blocks, int instants, BlockLevel level)
    {
        var jobs = new List<SealJob>();
        SealJob? job = null;
        int at = 0, gap = -1; // blocks before `at` end before the instant; the job's gap, -1 inside a block
        foreach (long time in times)
        {
            while (at < blocks.Length && blocks[at].LastMs < time)
                at++;
            bool inside = at < blocks.Length && blocks[at].FirstMs <= time;
            if (inside)
            {
                if (job is null || !job.Sources.Contains(blocks[at]))
                {
                    // Behind the gap that ends here, or behind another block: either way a job of its own.
                    jobs.Add(job = new(level));
                    job.Merge(blocks[at]);
                }
                gap = -1;
            }
            else if (job is null || gap != at)
            {
                // Behind a block that is merged already the job goes on.
                if (job is null || gap >= 0 || !job.Sources.Contains(blocks[at - 1]))
                    jobs.Add(job = new(level));
                gap = at;
            }
            job!.Take(time);
        }
        foreach (var one in jobs)
        {
            one.TakeSmallOnes(blocks, jobs, instants);
            one.Sources.Sort((a, b) => a.FirstMs.CompareTo(b.FirstMs));
        }
        return jobs;
    }

    /// <summary>Blocks before the job that are not larger than twice what is there, of the same time, until a block is full.</summary>
    void TakeSmallOnes(BlockInfo[] blocks, List<SealJob> jobs, int instants)
    {
        for (int i = Array.FindLastIndex(blocks, b => b.LastMs < FromMs); i >= 0; i--)
        {
            var block = blocks[i];
            if (block.Rows > 2 * Rows || block.Rows + Rows > instants * 3 / 2 || level.Span(block.FirstMs) != level.Span(FromMs)
                || jobs.Any(j => !ReferenceEquals(j, this) && j.ToMs >= block.FirstMs && j.FromMs < FromMs))
                return; // also when rows of another job stand between: no block may reach over another
            Merge(block);
        }
    }

    void Take(long timeMs) => (FromMs, ToMs, Rows) = (Math.Min(FromMs, timeMs), Math.Max(ToMs, timeMs), Rows + 1);

    void Merge(BlockInfo block)
    {
        Sources.Add(block);
        (FromMs, ToMs, Rows) = (Math.Min(FromMs, block.FirstMs), Math.Max(ToMs, block.LastMs), Rows + block.Rows);
    }

    /// <summary>Even pieces that stay within one span of the level, so that history can be dropped by whole blocks.</summary>
    /// <param name="times">The job's instants.</param>
    /// <param name="instants">Of a full block.</param>
    public List<(long FromMs, long ToMs)> Windows(ReadOnlySpan<long> times, int instants)
    {
        int windows = Math.Max(1, Rows / instants), most = (times.Length + windows - 1) / windows, first = 0;
        var pieces = new List<(long, long)>();
        for (int i = 1; i <= times.Length; i++)
            if (i == times.Length || i - first == most || level.Span(times[i]) != level.Span(times[first]))
            {
                pieces.Add((times[first], times[i - 1]));
                first = i;
            }
        return pieces;
    }
}
