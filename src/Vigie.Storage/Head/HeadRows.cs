namespace Vigie.Storage;

/// <summary>
/// Samples of a group in memory: a row an instant, a column a series. Rows are in time order, one an instant. Not safe for use
/// by many threads: the memory's lock guards it until it is frozen.
/// </summary>
/// <param name="isCopy">Read once and thrown away: as wide as its columns, and the pool is left to what is written.</param>
sealed class HeadRows(IReadOnlyList<SeriesEntry> columns, bool isCopy = false)
{
    readonly List<HeadChunk> _chunks = [];
    IReadOnlyList<SeriesEntry> _columns = columns;
    long[] _times = new long[HeadChunk.Rows];
    int[]? _places; // where each row stands among the chunks, once one has come between others
    int[] _counts = [];
    int _stride;

    public int Count { get; private set; }

    public long Samples { get; private set; }

    public IReadOnlyList<SeriesEntry> Columns => _columns;

    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    public long FirstMs => Count == 0 ? long.MaxValue : _times[0];

    public long LastMs { get; private set; } = long.MinValue;

    /// <summary>Samples in a column.</summary>
    public int CountOf(int column) => column < _counts.Length ? _counts[column] : 0;

    /// <summary>The row of an instant, or the complement of where it would stand.</summary>
    public int Find(long timeMs) => Array.BinarySearch(_times, 0, Count, timeMs);

    /// <summary>At the newest instant, or behind it.</summary>
    public int Append(long timeMs, int column, double value)
    {
        if (timeMs != LastMs || Count == 0)
            Open(Count, timeMs);
        return SetCell(Count - 1, column, value);
    }

    public int Insert(long timeMs, int column, double value)
    {
        int row = Find(timeMs);
        if (row < 0)
            Open(row = ~row, timeMs);
        return SetCell(row, column, value);
    }

    /// <summary>Returns 1 for a new sample and 0 for one that is replaced.</summary>
    public int SetCell(int row, int column, double value)
    {
        int place = Place(row);
        var chunk = _chunks[place >> HeadChunk.Shift];
        if (column >= chunk.Stride)
            chunk = Widen(place >> HeadChunk.Shift, column + 1);
        if (!chunk.Set(place & (HeadChunk.Rows - 1), column, value))
            return 0;
        _counts[column]++;
        Samples++;
        return 1;
    }

    public bool Has(int row, int column)
    {
        int place = Place(row);
        return _chunks[place >> HeadChunk.Shift].Has(place & (HeadChunk.Rows - 1), column);
    }

    public double Cell(int row, int column)
    {
        int place = Place(row);
        return _chunks[place >> HeadChunk.Shift].Cell(place & (HeadChunk.Rows - 1), column);
    }

    /// <summary>The cells of one column at the given rows.</summary>
    public void Gather(int column, ReadOnlySpan<int> rows, Span<double> to)
    {
        for (int i = 0; i < rows.Length; i++)
            to[i] = Cell(rows[i], column);
    }

    /// <summary>The cells of one column that has a sample at each instant.</summary>
    public void Gather(int column, Span<double> to)
    {
        if (_places is not null)
        {
            for (int row = 0; row < to.Length; row++)
                to[row] = Cell(row, column);
            return;
        }
        foreach (var chunk in _chunks)
        {
            int rows = Math.Min(HeadChunk.Rows, to.Length);
            chunk.Gather(column, to[..rows]);
            to = to[rows..];
        }
    }

    /// <summary>A copy of some columns between two instants, null when it would be empty.</summary>
    public HeadRows? Slice(IReadOnlyList<SeriesEntry> entries, long fromMs, long toMs)
    {
        int from = Find(fromMs), to = Find(toMs);
        from = from < 0 ? ~from : from;
        to = to < 0 ? ~to : to + 1;
        if (from >= to)
            return null;
        var wanted = new List<SeriesEntry>(entries.Count);
        var columns = new List<int>(entries.Count);
        foreach (var entry in entries)
            if (ColumnOf(entry) is >= 0 and int column && CountOf(column) > 0)
            {
                wanted.Add(entry);
                columns.Add(column);
            }
        if (wanted.Count == 0)
            return null;
        var slice = new HeadRows(wanted, isCopy: true);
        for (int row = from; row < to; row++)
            for (int i = 0; i < columns.Count; i++)
                if (Has(row, columns[i]))
                    slice.Append(_times[row], i, Cell(row, columns[i]));
        return slice.Count == 0 ? null : slice;
    }

    /// <summary>The column of a series, -1 when it has none.</summary>
    public int ColumnOf(SeriesEntry entry)
    {
        // While the rows are written the entry knows its column; afterwards it may have another one elsewhere.
        if (entry.Column >= 0 && entry.Column < _columns.Count && ReferenceEquals(_columns[entry.Column], entry))
            return entry.Column;
        for (int i = 0; i < _columns.Count; i++)
            if (ReferenceEquals(_columns[i], entry))
                return i;
        return -1;
    }

    /// <summary>The columns stay as they are now, whatever the group does with its own list.</summary>
    public void Freeze()
    {
        if (_columns is not SeriesEntry[])
            _columns = [.. _columns];
    }

    /// <summary>Gives the memory back for the next rows. The rows must not be used any more.</summary>
    public void Release()
    {
        HeadPool.Return(_chunks);
        _chunks.Clear();
        (Count, LastMs) = (0, long.MinValue);
    }

    int Place(int row) => _places is null ? row : _places[row];

    /// <summary>Makes place for one more instant.</summary>
    void Open(int row, long timeMs)
    {
        if (_stride == 0)
            Reserve(1);
        if (Count == _chunks.Count << HeadChunk.Shift)
            _chunks.Add(isCopy ? new(_stride) : HeadPool.Rent(_stride));
        if (Count == _times.Length)
            Array.Resize(ref _times, Count * 2);
        if (row < Count)
            Array.Copy(_times, row, _times, row + 1, Count - row);
        _times[row] = timeMs;
        if (row < Count || _places is not null)
            Put(row);
        Count++;
        LastMs = _times[Count - 1];
    }

    /// <summary>The cells stay where they are: a new row's stand behind all others, wherever the row comes in time.</summary>
    void Put(int row)
    {
        if (_places is null || _places.Length < _times.Length)
        {
            int known = _places?.Length ?? 0;
            Array.Resize(ref _places, _times.Length);
            for (int i = known; i < _places.Length; i++)
                _places[i] = i;
        }
        Array.Copy(_places, row, _places, row + 1, Count - row);
        _places[row] = Count;
    }

    /// <summary>At first as wide as what is known of the group, then in steps of eight.</summary>
    void Reserve(int columns)
    {
        int wanted = Math.Max(columns, _stride == 0 ? _columns.Count : 0);
        _stride = Math.Max(_stride, isCopy ? wanted : (wanted + 7) & ~7);
        if (_counts.Length < _stride)
            Array.Resize(ref _counts, _stride);
    }

    HeadChunk Widen(int number, int columns)
    {
        Reserve(columns);
        var chunk = _chunks[number];
        var wider = HeadPool.Rent(_stride);
        chunk.CopyTo(wider);
        HeadPool.Return([chunk]);
        return _chunks[number] = wider;
    }
}
