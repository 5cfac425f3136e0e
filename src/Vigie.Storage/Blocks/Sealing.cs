using System.Buffers;
using Vigie.Core.Blocks;

namespace Vigie.Storage;

/// <summary>A block on its way into the file.</summary>
/// <param name="Bytes">A shared array, longer than the block as a rule.</param>
sealed record SealedBlock(BlockInfo Info, byte[] Bytes);

/// <summary>Blocks that come, and those they replace.</summary>
sealed record SealedGroup(SeriesGroup Group, List<BlockInfo> Replaced, List<SealedBlock> Made);

/// <summary>
/// Makes blocks of one group's frozen rows. Blocks of a group never overlap: rows that fall into a block are merged with it,
/// and small blocks at the end are merged with what follows them, so that each sample is packed only a few times. Its buffers
/// are used again from group to group. Not safe for use by many threads.
/// </summary>
sealed class Sealing(int instants)
{
    readonly BlockWriter _writer = new();
    double[] _values = new double[instants];

    /// <summary>Neighbouring instants that go into one run of blocks, with the blocks that are merged into it.</summary>
    sealed record Job(List<BlockInfo> Sources)
    {
        public long FromMs { get; set; } = long.MaxValue;

        public long ToMs { get; set; } = long.MinValue;

        public int Rows { get; set; }

        public void Take(long timeMs) => (FromMs, ToMs, Rows) = (Math.Min(FromMs, timeMs), Math.Max(ToMs, timeMs), Rows + 1);

        public void Merge(BlockInfo block)
        {
            Sources.Add(block);
            (FromMs, ToMs, Rows) = (Math.Min(FromMs, block.FirstMs), Math.Max(ToMs, block.LastMs), Rows + block.Rows);
        }
    }

    /// <summary>Makes raw blocks of frozen rows.</summary>
    public SealedGroup Seal(FrozenGroup frozen, BlockBytesSource open) => Merge(frozen.Group, frozen.Members, BlockLevel.Raw,
        [.. frozen.Rows.Where(r => r.Count > 0).Select(r => new HeadPart(r))], AllTimes(frozen.Rows), frozen.Blocks, open);

    /// <summary>Brings new rows and the blocks of a level together.</summary>
    /// <param name="times">The instants of the new rows, ascending.</param>
    /// <param name="blocks">The group's blocks of that level in time order.</param>
    public SealedGroup Merge(SeriesGroup group, SeriesEntry[] members, BlockLevel level, IReadOnlyList<SamplePart> fresh, long[] times,
        BlockInfo[] blocks, BlockBytesSource open)
    {
        var made = new SealedGroup(group, [], []);
        foreach (var job in Plan(times, blocks, level))
        {
            job.Sources.Sort((a, b) => a.FirstMs.CompareTo(b.FirstMs));
            made.Replaced.AddRange(job.Sources);
            Pack(group, members, level, fresh, job, open, made.Made);
        }
        return made;
    }

    /// <summary>What remains of a raw block from an instant on.</summary>
    public SealedGroup Trim(SeriesGroup group, SeriesEntry[] members, BlockInfo block, long fromMs, BlockBytesSource open)
    {
        var made = new SealedGroup(group, [block], []);
        var part = new BlockPart(block, open(block, 0));
        Pack(group, block.Level, [part], [.. part.Keys(members)], fromMs, block.LastMs, made.Made);
        return made;
    }

    static long[] AllTimes(IReadOnlyList<HeadRows> frozen)
    {
        if (frozen.Count == 1)
            return frozen[0].Times.ToArray();
        var all = new SortedSet<long>();
        foreach (var rows in frozen)
            foreach (long time in rows.Times)
                all.Add(time);
        return [.. all];
    }

    List<Job> Plan(long[] times, BlockInfo[] blocks, BlockLevel level)
    {
        var jobs = new List<Job>();
        Job? job = null;
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
                    jobs.Add(job = new([]));
                    job.Merge(blocks[at]);
                }
                gap = -1;
            }
            else if (job is null || gap != at)
            {
                // Behind a block that is merged already the job goes on.
                if (job is null || gap >= 0 || !job.Sources.Contains(blocks[at - 1]))
                    jobs.Add(job = new([]));
                gap = at;
            }
            job!.Take(time);
        }
        foreach (var one in jobs)
            TakeSmallOnes(one, blocks, jobs, level);
        return jobs;
    }

    /// <summary>Blocks before the job that are not larger than twice what is there, of the same time, until a block is full.</summary>
    void TakeSmallOnes(Job job, BlockInfo[] blocks, List<Job> jobs, BlockLevel level)
    {
        for (int i = Array.FindLastIndex(blocks, b => b.LastMs < job.FromMs); i >= 0; i--)
        {
            var block = blocks[i];
            if (block.Rows > 2 * job.Rows || block.Rows + job.Rows > instants * 3 / 2 || level.Span(block.FirstMs) != level.Span(job.FromMs)
                || jobs.Any(j => !ReferenceEquals(j, job) && j.ToMs >= block.FirstMs && j.FromMs < job.FromMs))
                return; // also when rows of another job stand between: no block may reach over another
            job.Merge(block);
        }
    }

    void Pack(SeriesGroup group, SeriesEntry[] members, BlockLevel level, IReadOnlyList<SamplePart> fresh, Job job,
        BlockBytesSource open, List<SealedBlock> made)
    {
        var parts = new List<SamplePart>();
        foreach (var source in job.Sources)
            parts.Add(new BlockPart(source, open(source, parts.Count)));
        parts.AddRange(fresh);
        var keys = Keys(members, parts);
        int windows = Math.Max(1, job.Rows / instants);
        var scan = new GroupScan(parts, job.FromMs, job.ToMs);
        int[] columns = new int[parts.Count];
        var all = keys.Select(k => scan.Times(k, columns)).Distinct().SelectMany(t => t.Times).Distinct().Order().ToArray();
        foreach (var (from, to) in Windows(all, windows, level))
            Pack(group, level, parts, keys, from, to, made);
    }

    /// <summary>Even pieces that stay within one span of the level, so that history can be dropped by whole blocks.</summary>
    static IEnumerable<(long From, long To)> Windows(long[] times, int windows, BlockLevel level)
    {
        int most = (times.Length + windows - 1) / windows, first = 0;
        for (int i = 1; i <= times.Length; i++)
            if (i == times.Length || i - first == most || level.Span(times[i]) != level.Span(times[first]))
            {
                yield return (times[first], times[i - 1]);
                first = i;
            }
    }

    /// <summary>What any part has, in the order in which a block wants it.</summary>
    static List<ColumnKey> Keys(SeriesEntry[] members, List<SamplePart> parts) =>
        [.. parts.SelectMany(p => p.Keys(members)).Where(k => !k.Entry.IsGone).Distinct().OrderBy(k => k.Entry.Id).ThenBy(k => k.Part)];

    void Pack(SeriesGroup group, BlockLevel level, List<SamplePart> parts, List<ColumnKey> keys, long fromMs, long toMs,
        List<SealedBlock> made)
    {
        _writer.Reset();
        var scan = new GroupScan(parts, fromMs, toMs);
        var numbers = new Dictionary<MergedTimes, int>();
        int[] columns = new int[parts.Count];
        long samples = 0, first = long.MaxValue, last = long.MinValue;
        int rows = 0;
        foreach (var key in keys)
        {
            var times = scan.Times(key, columns);
            int count = times.Times.Length;
            if (count == 0)
                continue;
            if (!numbers.TryGetValue(times, out int number))
            {
                numbers[times] = number = _writer.AddTimes(times.Times);
                (first, last) = (Math.Min(first, times.Times[0]), Math.Max(last, times.Times[^1]));
                rows = Math.Max(rows, count);
            }
            if (_values.Length < count)
                _values = new double[count];
            scan.Fill(times, columns, _values);
            _writer.AddColumn(key.Entry.Id, (int)key.Part, number, _values.AsSpan(0, count));
            samples += count;
        }
        if (samples == 0)
            return;
        var block = _writer.Finish();
        byte[] bytes = ArrayPool<byte>.Shared.Rent(block.Length);
        block.CopyTo(bytes);
        made.Add(new(new(0, group.Id, level, first, last, rows, samples, block.Length), bytes));
    }
}

/// <summary>What is sealed of a group, as it was when its rows were frozen.</summary>
/// <param name="Members">Its series in the order of their numbers.</param>
/// <param name="Blocks">Its raw blocks in time order.</param>
sealed record FrozenGroup(SeriesGroup Group, IReadOnlyList<HeadRows> Rows, SeriesEntry[] Members, BlockInfo[] Blocks);

/// <summary>Opens a source block for reading; each of the blocks open at once has a slot of its own.</summary>
delegate BlockBytes BlockBytesSource(BlockInfo block, int slot);
