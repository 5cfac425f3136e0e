namespace Vigie.Storage;

/// <summary>
/// Series of one host that came together at the same instants. They share the columns of instants in the head and in
/// blocks, which is what makes an instant cost nothing. Guarded by the memory's lock.
/// </summary>
sealed class SeriesGroup(int id, string host, StoreMemory memory)
{
    /// <summary>Columns of one group in the head, so that a block stays a piece that is read and written at once.</summary>
    const int MostColumns = 256;

    /// <summary>Series of one group in all: those that have come and gone since their blocks were made count, too.</summary>
    const int MostSeries = 1_024;

    readonly List<SeriesEntry> _columns = [];
    readonly BlockInfo[][] _blocks = [[], [], []];

    public int Id { get; } = id;

    public string Host { get; } = host;

    public StoreMemory Memory { get; } = memory;

    /// <summary>The group's series in the order of their numbers, with or without samples in the head.</summary>
    public List<SeriesEntry> Members { get; } = [];

    /// <summary>Samples in order, and samples that came behind newer ones.</summary>
    public HeadRows? Live { get; private set; }

    public HeadRows? Late { get; private set; }

    /// <summary>What is being sealed: no longer written, and part of every answer until its blocks are committed.</summary>
    public IReadOnlyList<HeadRows> Frozen { get; private set; } = [];

    /// <summary>All that is in memory only, what is newer behind what is older.</summary>
    public IEnumerable<HeadRows> Head
    {
        get
        {
            foreach (var rows in Frozen)
                yield return rows;
            if (Live is not null)
                yield return Live;
            if (Late is not null)
                yield return Late;
        }
    }

    /// <summary>Sealed blocks of a level in time order; none overlaps another. The array is never changed, only replaced.</summary>
    public BlockInfo[] Blocks(BlockLevel level) => _blocks[(int)level];

    public IEnumerable<BlockInfo> AllBlocks => _blocks.SelectMany(b => b);

    public bool HasRoomFor(int series) => _columns.Count + series <= MostColumns && Members.Count + series <= MostSeries;

    /// <summary>Returns how many samples the head has gained: 0 when one was replaced.</summary>
    public int Set(SeriesEntry entry, long timeMs, double value)
    {
        if (entry.Column < 0)
        {
            entry.Column = _columns.Count;
            _columns.Add(entry);
        }
        Live ??= new(_columns);
        if (timeMs >= Live.LastMs)
            return Live.Append(timeMs, entry.Column, value);
        if (Live.Find(timeMs) is >= 0 and int row)
            return Live.SetCell(row, entry.Column, value);
        // A backlog comes in order behind fresh samples: apart from them it is appended, too, and moves nothing.
        Late ??= new(_columns);
        return timeMs >= Late.LastMs ? Late.Append(timeMs, entry.Column, value) : Late.Insert(timeMs, entry.Column, value);
    }

    /// <summary>Blocks in the place of others.</summary>
    public void Replace(IReadOnlyCollection<BlockInfo> old, IEnumerable<BlockInfo> made)
    {
        foreach (var level in old.Concat(made).GroupBy(b => b.Level).Select(g => g.Key).ToList())
            _blocks[(int)level] = [.. Blocks(level).Except(old).Concat(made.Where(b => b.Level == level)).OrderBy(b => b.FirstMs)];
    }

    /// <summary>Takes the head for sealing. What comes now starts a new one, with columns for whoever still sends.</summary>
    public void Freeze()
    {
        if (Live is null)
            return;
        Frozen = [.. Frozen, .. Late is null ? (HeadRows[])[Live] : [Live, Late]];
        foreach (var rows in Frozen)
            rows.Freeze();
        foreach (var entry in _columns)
            entry.Column = -1;
        _columns.Clear();
        (Live, Late) = (null, null);
    }

    /// <summary>The frozen samples are in blocks now. Returns how many samples the head has lost.</summary>
    public long Thaw()
    {
        long samples = Frozen.Sum(r => r.Samples);
        foreach (var rows in Frozen)
            rows.Release();
        Frozen = [];
        return samples;
    }
}
