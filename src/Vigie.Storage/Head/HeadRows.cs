using System.Numerics;

namespace Vigie.Storage;

/// <summary>
/// Samples of a group in memory: a row an instant, a column a series, and a bit that tells whether the cell holds a sample.
/// Rows are in time order, one an instant. Not safe for use by many threads: the memory's lock guards it until it is frozen.
/// </summary>
sealed class HeadRows(IReadOnlyList<SeriesEntry> columns)
{
    const int FirstRows = 16;

    IReadOnlyList<SeriesEntry> _columns = columns;
    long[] _times = new long[FirstRows];
    double[] _cells = [];
    ulong[] _present = [];
    int[] _counts = [];
    int _stride, _words;

    public int Count { get; private set; }

    public long Samples { get; private set; }

    public IReadOnlyList<SeriesEntry> Columns => _columns;

    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    public long FirstMs => Count == 0 ? long.MaxValue : _times[0];

    public long LastMs => Count == 0 ? long.MinValue : _times[Count - 1];

    /// <summary>Samples in a column.</summary>
    public int CountOf(int column) => column < _counts.Length ? _counts[column] : 0;

    /// <summary>The row of an instant, or the complement of where it would stand.</summary>
    public int Find(long timeMs) => Array.BinarySearch(_times, 0, Count, timeMs);

    /// <summary>At the newest instant, or behind it.</summary>
    public int Append(long timeMs, int column, double value)
    {
        if (Count == 0 || timeMs != _times[Count - 1])
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
        if (column >= _stride)
            Widen(column + 1);
        _cells[(row * _stride) + column] = value;
        ref ulong word = ref _present[(row * _words) + (column >> 6)];
        ulong bit = 1UL << (column & 63);
        if ((word & bit) != 0)
            return 0;
        word |= bit;
        _counts[column]++;
        Samples++;
        return 1;
    }

    public bool Has(int row, int column) =>
        column < _stride && (_present[(row * _words) + (column >> 6)] >> (column & 63) & 1) != 0;

    public double Cell(int row, int column) => _cells[(row * _stride) + column];

    /// <summary>The cells of one column at the given rows.</summary>
    public void Gather(int column, ReadOnlySpan<int> rows, Span<double> to)
    {
        for (int i = 0; i < rows.Length; i++)
            to[i] = _cells[(rows[i] * _stride) + column];
    }

    /// <summary>The cells of one column that has a sample at each instant.</summary>
    public void Gather(int column, Span<double> to)
    {
        var cells = _cells.AsSpan(0, Count * _stride);
        for (int row = 0, at = column; row < to.Length; row++, at += _stride)
            to[row] = cells[at];
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
        var slice = new HeadRows(wanted);
        for (int row = from; row < to; row++)
            for (int i = 0; i < columns.Count; i++)
                if (Has(row, columns[i]))
                    slice.Append(_times[row], i, Cell(row, columns[i]));
        return slice.Count == 0 ? null : slice;
    }

    int ColumnOf(SeriesEntry entry)
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
        CellPool.Return(_cells);
        (_cells, _present, Count) = ([], [], 0);
    }

    /// <summary>Makes place for one more instant.</summary>
    void Open(int row, long timeMs)
    {
        if (_stride == 0)
            Widen(1);
        if (Count == _times.Length)
            Array.Resize(ref _times, Count * 2);
        if ((Count + 1) * _stride > _cells.Length)
            Layout(_stride, Count * 2);
        if (row < Count)
        {
            Array.Copy(_times, row, _times, row + 1, Count - row);
            Array.Copy(_cells, row * _stride, _cells, (row + 1) * _stride, (Count - row) * _stride);
            Array.Copy(_present, row * _words, _present, (row + 1) * _words, (Count - row) * _words);
        }
        _times[row] = timeMs;
        _present.AsSpan(row * _words, _words).Clear();
        Count++;
    }

    void Widen(int columns)
    {
        // At first as wide as what is known of the group, then in steps of eight: few rows are laid out anew.
        int stride = (Math.Max(columns, _stride == 0 ? _columns.Count : 0) + 7) & ~7;
        Array.Resize(ref _counts, stride);
        Layout(stride, Math.Max(_times.Length, Count));
    }

    void Layout(int stride, int rows)
    {
        int words = (stride + 63) / 64;
        double[] cells = CellPool.Rent(rows * stride);
        rows = Math.Max(rows, cells.Length / stride);
        ulong[] present = new ulong[rows * words];
        for (int row = 0; row < Count; row++)
        {
            _cells.AsSpan(row * _stride, _stride).CopyTo(cells.AsSpan(row * stride));
            _present.AsSpan(row * _words, _words).CopyTo(present.AsSpan(row * words));
        }
        CellPool.Return(_cells);
        (_cells, _present, _stride, _words) = (cells, present, stride, words);
    }
}

/// <summary>
/// Large arrays that are needed again and again. The collector would keep each for long and the process would grow; here
/// they serve the next rows. Bounded: what is more than a few fleets' worth is left to the collector.
/// </summary>
static class CellPool
{
    const long MostBytes = 48L << 20;
    const int Least = 128;

    static readonly Lock Guard = new();
    static readonly Stack<double[]>[] Free = [.. Enumerable.Range(0, 32).Select(_ => new Stack<double[]>())];
    static long _bytes;

    /// <summary>An array of at least that length, with whatever it held before.</summary>
    public static double[] Rent(int length)
    {
        int power = BitOperations.Log2((uint)Math.Max(length, Least) - 1) + 1;
        lock (Guard)
        {
            if (Free[power].TryPop(out var array))
            {
                _bytes -= array.Length * (long)sizeof(double);
                return array;
            }
        }
        return GC.AllocateUninitializedArray<double>(1 << power);
    }

    public static void Return(double[] array)
    {
        if (array.Length < Least)
            return;
        lock (Guard)
        {
            if (_bytes + (array.Length * (long)sizeof(double)) > MostBytes)
                return;
            _bytes += array.Length * (long)sizeof(double);
            Free[BitOperations.Log2((uint)array.Length)].Push(array);
        }
    }
}
