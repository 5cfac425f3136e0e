namespace Vigie.Storage;

/// <summary>Makes the rollups of one group from its raw blocks.</summary>
/// <param name="open">Opens a block for reading.</param>
sealed class Rolling(Sealing sealing, BlockBytesSource open, Func<SeriesEntry, bool> isCounter)
{
    static readonly BlockLevel[] Levels = [BlockLevel.FiveMinutes, BlockLevel.Hour];

    /// <summary>
    /// The raw blocks that begin before an instant and are not in the rollups yet, or have changed since: a block that late
    /// samples came into has a higher number than the rollups over its time.
    /// </summary>
    public static List<BlockInfo> Due(IReadOnlyList<BlockInfo> raw, IReadOnlyList<BlockInfo> rolled, long beforeMs) =>
        [.. raw.Where(b => b.FirstMs < beforeMs && !Covers(rolled, b))];

    static bool Covers(IReadOnlyList<BlockInfo> rolled, BlockInfo raw)
    {
        long first = BlockLevel.FiveMinutes.Bucket(raw.FirstMs), last = BlockLevel.FiveMinutes.Bucket(raw.LastMs);
        long from = long.MaxValue, to = long.MinValue;
        foreach (var block in rolled)
            if (block.Id > raw.Id && block.FirstMs <= last && block.LastMs >= first)
                (from, to) = (Math.Min(from, block.FirstMs), Math.Max(to, block.LastMs));
        return from <= first && to >= last;
    }

    /// <param name="members">The group's series in the order of their numbers.</param>
    /// <param name="blocks">The group's blocks of each level in time order.</param>
    public IReadOnlyList<SealedGroup> Roll(SeriesGroup group, SeriesEntry[] members, IReadOnlyList<BlockInfo[]> blocks,
        IReadOnlyList<BlockInfo> due)
    {
        var ranges = Ranges(due);
        var parts = Needed(blocks[(int)BlockLevel.Raw], ranges).Select((b, slot) => (SamplePart)new BlockPart(b, open(b, slot))).ToList();
        var scan = new GroupScan(parts, long.MinValue, long.MaxValue);
        int slots = parts.Count;
        var there = Levels.Select(l => CountsOf(blocks[(int)l], ranges, ref slots)).ToArray();
        var rolled = Levels.Select(_ => new RolledPart()).ToArray();
        int[] columns = new int[parts.Count];
        double[] values = [];
        foreach (var entry in members)
        {
            var times = scan.Times(new(entry, RollupPart.Sample), columns);
            int count = times.Times.Length;
            if (count == 0)
                continue;
            if (values.Length < count)
                values = new double[count];
            scan.Fill(times, columns, values.AsSpan(0, count));
            for (int i = 0; i < Levels.Length; i++)
            {
                var series = RolledSeries.Of(times.Times, values.AsSpan(0, count), Levels[i], isCounter(entry), ranges);
                there[i].Thin(entry, series);
                rolled[i].Add(entry, series);
            }
        }
        return [.. Levels.Select((level, i) =>
            sealing.Merge(group, members, level, [rolled[i]], rolled[i].AllTimes(), blocks[(int)level], open))];
    }

    /// <summary>Whole hours, so that a bucket is never made of a part of its samples while the others are there.</summary>
    static List<(long FromMs, long ToMs)> Ranges(IReadOnlyList<BlockInfo> due)
    {
        var ranges = new List<(long FromMs, long ToMs)>();
        foreach (var block in due)
        {
            long from = BlockLevel.Hour.Bucket(block.FirstMs) - BlockLevel.Hour.BucketMs(), to = BlockLevel.Hour.Bucket(block.LastMs);
            if (ranges.Count > 0 && ranges[^1].ToMs >= from)
                ranges[^1] = (ranges[^1].FromMs, Math.Max(ranges[^1].ToMs, to));
            else
                ranges.Add((from, to));
        }
        return ranges;
    }

    /// <summary>The blocks of the ranges, and the one before each: a counter grows from its last sample.</summary>
    static List<BlockInfo> Needed(BlockInfo[] raw, List<(long FromMs, long ToMs)> ranges)
    {
        var needed = new List<BlockInfo>();
        for (int i = 0; i < raw.Length; i++)
            if (Overlaps(raw[i], ranges) || (i + 1 < raw.Length && Overlaps(raw[i + 1], ranges)))
                needed.Add(raw[i]);
        return needed;
    }

    static bool Overlaps(BlockInfo block, List<(long FromMs, long ToMs)> ranges) =>
        ranges.Any(r => block.LastMs > r.FromMs && block.FirstMs <= r.ToMs);

    /// <param name="slots">How many blocks are open: each stays open while the group is rolled up, in a slot of its own.</param>
    Counts CountsOf(BlockInfo[] rolled, List<(long FromMs, long ToMs)> ranges, ref int slots)
    {
        var parts = new List<SamplePart>();
        foreach (var block in rolled)
            if (Overlaps(block, ranges))
                parts.Add(new BlockPart(block, open(block, slots++)));
        return new(parts);
    }

    /// <summary>How many samples each bucket saw that is there already.</summary>
    sealed class Counts(IReadOnlyList<SamplePart> parts)
    {
        readonly GroupScan _scan = new(parts, long.MinValue, long.MaxValue);
        readonly int[] _columns = new int[parts.Count];

        /// <summary>
        /// A bucket that is made again after a part of its samples was deleted must not take the place of the whole one.
        /// </summary>
        public void Thin(SeriesEntry entry, RolledSeries series)
        {
            if (parts.Count == 0)
                return;
            var times = _scan.Times(new(entry, RollupPart.Count), _columns);
            double[] counts = new double[times.Times.Length];
            _scan.Fill(times, _columns, counts);
            series.KeepFuller(times.Times, counts);
        }
    }
}
