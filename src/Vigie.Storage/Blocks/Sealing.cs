using System.Runtime.InteropServices;
using Vigie.Core.Blocks;

namespace Vigie.Storage;

/// <summary>A block on its way into the file.</summary>
/// <param name="At">Where its bytes begin among those that were made together.</param>
sealed record SealedBlock(BlockInfo Info, int At);

/// <summary>Blocks that come, and those they replace.</summary>
sealed record SealedGroup(SeriesGroup Group, List<BlockInfo> Replaced, List<SealedBlock> Made);

/// <summary>
/// Makes blocks of frozen rows and of other blocks, for one transaction after the other. Its buffers are used again. Not safe
/// for use by many threads.
/// </summary>
sealed class Sealing(int instants)
{
    /// <summary>A buffer that one transaction of cleaning has made larger is not kept.</summary>
    const int LargestKept = 4 << 20;

    readonly BlockWriter _writer = new();
    ByteBuffer _made = new();
    double[] _values = new double[instants];

    /// <summary>Bytes of the blocks made since <see cref="Begin"/>.</summary>
    public int Length => _made.Length;

    /// <summary>Forgets the blocks that were made.</summary>
    public void Begin()
    {
        if (_made.Capacity > LargestKept)
            _made = new();
        _made.Clear();
    }

    /// <summary>Valid until <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> BytesOf(SealedBlock block) => _made.Written.Slice(block.At, block.Info.Bytes);

    public SealedGroup Seal(FrozenGroup frozen, BlockBytesSource open)
    {
        var head = frozen.Rows.Where(r => r.Count > 0).Select(r => new HeadPart(r)).ToList();
        var made = new SealedGroup(frozen.Group, [], []);
        foreach (var job in SealJob.Plan(AllTimes(frozen.Rows), frozen.Blocks, instants))
        {
            made.Replaced.AddRange(job.Sources);
            Pack(frozen, head, job, open, made.Made);
        }
        return made;
    }

    /// <summary>What remains of a block from an instant on.</summary>
    public SealedGroup Trim(SeriesGroup group, SeriesEntry[] members, BlockInfo block, long fromMs, BlockBytesSource open)
    {
        var made = new SealedGroup(group, [block], []);
        var parts = new List<SamplePart> { new BlockPart(block, open(block, 0)) };
        Pack(group, new(parts, fromMs, block.LastMs), Entries(members, parts), made.Made);
        return made;
    }

    static ReadOnlySpan<long> AllTimes(IReadOnlyList<HeadRows> frozen)
    {
        if (frozen.Count == 1)
            return frozen[0].Times;
        var all = new List<long>();
        foreach (var rows in frozen)
            all.AddRange(rows.Times);
        return Distinct(all);
    }

    static ReadOnlySpan<long> Distinct(List<long> times)
    {
        times.Sort();
        int count = 0;
        for (int i = 0; i < times.Count; i++)
            if (i == 0 || times[i] != times[i - 1])
                times[count++] = times[i];
        return CollectionsMarshal.AsSpan(times)[..count];
    }

    void Pack(FrozenGroup frozen, List<HeadPart> head, SealJob job, BlockBytesSource open, List<SealedBlock> made)
    {
        var parts = new List<SamplePart>();
        foreach (var source in job.Sources)
            parts.Add(new BlockPart(source, open(source, parts.Count)));
        parts.AddRange(head);
        var entries = Entries(frozen.Members, parts);
        var scan = new GroupScan(parts, job.FromMs, job.ToMs);
        var windows = job.Windows(AllTimes(scan, entries), instants);
        foreach (var (from, to) in windows)
            Pack(frozen.Group, windows.Count == 1 ? scan : new(parts, from, to), entries, made);
    }

    /// <summary>Nearly always all series of a group have the same instants.</summary>
    static ReadOnlySpan<long> AllTimes(GroupScan scan, List<SeriesEntry> entries)
    {
        int[] columns = new int[scan.Parts];
        MergedTimes? one = null;
        HashSet<MergedTimes>? many = null;
        foreach (var entry in entries)
        {
            var times = scan.Times(entry, columns);
            if (ReferenceEquals(one ??= times, times))
                continue;
            (many ??= [one]).Add(times);
        }
        if (many is null)
            return one is null ? [] : one.Times;
        var all = new List<long>();
        foreach (var times in many)
            all.AddRange(times.Times);
        return Distinct(all);
    }

    /// <summary>Series that any part has, in the order of their numbers, as a block wants them.</summary>
    static List<SeriesEntry> Entries(SeriesEntry[] members, List<SamplePart> parts)
    {
        var entries = new HashSet<SeriesEntry>(members.Length);
        foreach (var part in parts)
            if (part is HeadPart head)
                entries.UnionWith(head.Entries);
            else if (part is BlockPart block)
                foreach (var column in block.Directory.Columns)
                    if (EntryOf(members, column.Series) is { } entry)
                        entries.Add(entry);
        List<SeriesEntry> sorted = [.. entries.Where(e => !e.IsGone)];
        sorted.Sort((a, b) => a.Id.CompareTo(b.Id));
        return sorted;
    }

    static SeriesEntry? EntryOf(SeriesEntry[] members, long series)
    {
        int low = 0, high = members.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (members[middle].Id == series)
                return members[middle];
            (low, high) = members[middle].Id < series ? (middle + 1, high) : (low, middle - 1);
        }
        return null;
    }

    void Pack(SeriesGroup group, GroupScan scan, List<SeriesEntry> entries, List<SealedBlock> made)
    {
        _writer.Reset();
        var numbers = new Dictionary<MergedTimes, int>();
        int[] columns = new int[scan.Parts];
        long samples = 0, first = long.MaxValue, last = long.MinValue;
        int rows = 0;
        foreach (var entry in entries)
        {
            var times = scan.Times(entry, columns);
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
            _writer.AddColumn(entry.Id, 0, number, _values.AsSpan(0, count));
            samples += count;
        }
        if (samples == 0)
            return;
        var block = _writer.Finish();
        made.Add(new(new(0, group.Id, BlockLevel.Raw, first, last, rows, samples, block.Length), _made.Length));
        block.CopyTo(_made.Room(block.Length));
        _made.Advance(block.Length);
    }
}

/// <summary>What is sealed of a group, as it was when its rows were frozen.</summary>
/// <param name="Members">Its series in the order of their numbers.</param>
/// <param name="Blocks">Its raw blocks in time order.</param>
sealed record FrozenGroup(SeriesGroup Group, IReadOnlyList<HeadRows> Rows, SeriesEntry[] Members, BlockInfo[] Blocks);

/// <summary>Opens a source block for reading; each of the blocks open at once has a slot of its own.</summary>
delegate BlockBytes BlockBytesSource(BlockInfo block, int slot);
