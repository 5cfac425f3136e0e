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

    /// <summary>Gives the buffers up.</summary>
    public void Release() => (_made, _values) = (new(), new double[instants]);

    /// <summary>Valid until <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> BytesOf(SealedBlock block) => _made.Written.Slice(block.At, block.Info.Bytes);

    /// <summary>Makes raw blocks of frozen rows.</summary>
    public SealedGroup Seal(FrozenGroup frozen, BlockBytesSource open) => Merge(frozen.Group, frozen.Members, BlockLevel.Raw,
        [.. frozen.Rows.Where(r => r.Count > 0).Select(r => new HeadPart(r))], AllTimes(frozen.Rows), frozen.Blocks, open);

    /// <summary>Brings new rows and the blocks of a level together.</summary>
    /// <param name="times">The instants of the new rows, ascending.</param>
    /// <param name="blocks">The group's blocks of that level in time order.</param>
    public SealedGroup Merge(SeriesGroup group, SeriesEntry[] members, BlockLevel level, IReadOnlyList<SamplePart> fresh,
        ReadOnlySpan<long> times, BlockInfo[] blocks, BlockBytesSource open)
    {
        var made = new SealedGroup(group, [], []);
        foreach (var job in SealJob.Plan(times, blocks, instants, level))
        {
            made.Replaced.AddRange(job.Sources);
            var parts = new List<SamplePart>();
            foreach (var source in job.Sources)
                parts.Add(new BlockPart(source, open(source, parts.Count)));
            parts.AddRange(fresh);
            var keys = Keys(members, parts);
            var scan = new GroupScan(parts, job.FromMs, job.ToMs);
            var windows = job.Windows(AllTimes(scan, keys), instants);
            foreach (var (from, to) in windows)
                Pack(group, level, windows.Count == 1 ? scan : new(parts, from, to), keys, made.Made);
        }
        return made;
    }

    /// <summary>What remains of a raw block from an instant on.</summary>
    public SealedGroup Trim(SeriesGroup group, SeriesEntry[] members, BlockInfo block, long fromMs, BlockBytesSource open)
    {
        var made = new SealedGroup(group, [block], []);
        var part = new BlockPart(block, open(block, 0));
        Pack(group, block.Level, new([part], fromMs, block.LastMs), Keys(members, [part]), made.Made);
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

    /// <summary>Nearly always all series of a group have the same instants.</summary>
    static ReadOnlySpan<long> AllTimes(GroupScan scan, List<ColumnKey> keys)
    {
        int[] columns = new int[scan.Parts];
        MergedTimes? one = null;
        HashSet<MergedTimes>? many = null;
        foreach (var key in keys)
        {
            var times = scan.Times(key, columns);
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

    /// <summary>What any part has, in the order in which a block wants it.</summary>
    static List<ColumnKey> Keys(SeriesEntry[] members, List<SamplePart> parts)
    {
        var all = new HashSet<ColumnKey>(members.Length);
        foreach (var part in parts)
            all.UnionWith(part.Keys(members));
        List<ColumnKey> keys = [.. all.Where(k => !k.Entry.IsGone)];
        keys.Sort((a, b) => (a.Entry.Id, a.Part).CompareTo((b.Entry.Id, b.Part)));
        return keys;
    }

    void Pack(SeriesGroup group, BlockLevel level, GroupScan scan, List<ColumnKey> keys, List<SealedBlock> made)
    {
        _writer.Reset();
        var numbers = new Dictionary<MergedTimes, int>();
        int[] columns = new int[scan.Parts];
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
        made.Add(new(new(0, group.Id, level, first, last, rows, samples, block.Length), _made.Length));
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
