using System.Buffers;
using Vigie.Core.Blocks;

namespace Vigie.Storage;

/// <summary>A column of values: samples of a series, or one part of its rollups.</summary>
readonly record struct ColumnKey(SeriesEntry Entry, RollupPart Part);

/// <summary>Samples of one group from one place: columns of values, and the columns of instants they share.</summary>
abstract class SamplePart
{
    /// <summary>The column with that content, -1 when it has none here.</summary>
    public abstract int Find(ColumnKey key);

    /// <summary>What is here of these series, which are in the order of their numbers.</summary>
    public abstract IEnumerable<ColumnKey> Keys(SeriesEntry[] members);

    /// <summary>Which column of instants a column of values has.</summary>
    public abstract int TimesOf(int column);

    /// <summary>Unix milliseconds, ascending.</summary>
    public abstract ReadOnlySpan<long> Times(int number);

    /// <summary>All values of a column, as many as its instants. Valid until another column of this part is asked for.</summary>
    public abstract ReadOnlySpan<double> Values(int column);

    /// <summary>Gives back what was lent by the shared pool; nothing may be asked any more. Or the collector takes it.</summary>
    public virtual void GiveBack() { }

    protected static Span<double> Room(ref double[] lent, int count)
    {
        if (lent.Length < count)
        {
            Return(ref lent);
            lent = ArrayPool<double>.Shared.Rent(count);
        }
        return lent.AsSpan(0, count);
    }

    protected static void Return<T>(ref T[] lent)
    {
        if (lent.Length > 0)
            ArrayPool<T>.Shared.Return(lent);
        lent = [];
    }
}

/// <summary>Rows of the head. Columns with samples at the same instants share them.</summary>
sealed class HeadPart : SamplePart
{
    readonly HeadRows _rows;
    readonly Dictionary<SeriesEntry, int> _columns;
    readonly List<(int[] Rows, long[] Times)> _sparse = [];
    readonly int[] _timesOf;
    double[] _values = [];
    int _loaded = -1;

    public HeadPart(HeadRows rows)
    {
        _rows = rows;
        _columns = new(rows.Columns.Count);
        _timesOf = new int[rows.Columns.Count];
        for (int column = 0; column < rows.Columns.Count; column++)
            if (rows.CountOf(column) > 0)
            {
                _columns[rows.Columns[column]] = column;
                _timesOf[column] = rows.CountOf(column) == rows.Count ? 0 : Sparse(column);
            }
    }

    public override int Find(ColumnKey key) => key.Part == RollupPart.Sample ? _columns.GetValueOrDefault(key.Entry, -1) : -1;

    public override IEnumerable<ColumnKey> Keys(SeriesEntry[] members) => _columns.Keys.Select(e => new ColumnKey(e, RollupPart.Sample));

    public override int TimesOf(int column) => _timesOf[column];

    public override ReadOnlySpan<long> Times(int number) => number == 0 ? _rows.Times : _sparse[number - 1].Times;

    public override ReadOnlySpan<double> Values(int column)
    {
        int count = _rows.CountOf(column);
        if (column == _loaded)
            return _values.AsSpan(0, count);
        var values = Room(ref _values, count);
        if (_timesOf[column] == 0)
            _rows.Gather(column, values);
        else
            _rows.Gather(column, _sparse[_timesOf[column] - 1].Rows, values);
        _loaded = column;
        return values;
    }

    public override void GiveBack() => Return(ref _values);

    int Sparse(int column)
    {
        int[] rows = new int[_rows.CountOf(column)];
        for (int row = 0, n = 0; row < _rows.Count; row++)
            if (_rows.Has(row, column))
                rows[n++] = row;
        int same = _sparse.FindIndex(s => s.Rows.AsSpan().SequenceEqual(rows));
        if (same >= 0)
            return same + 1;
        long[] times = new long[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            times[i] = _rows.Times[rows[i]];
        _sparse.Add((rows, times));
        return _sparse.Count;
    }
}

/// <summary>A sealed block, of which only what is asked for is read and unpacked.</summary>
sealed class BlockPart : SamplePart
{
    readonly BlockInfo _info;
    readonly BlockBytes _bytes;
    readonly BlockDirectory _directory;
    readonly long[]?[] _times;
    double[] _values = [];
    int _loaded = -1;

    /// <exception cref="DamagedBlockException">The block is missing or damaged.</exception>
    public BlockPart(BlockInfo info, BlockBytes bytes)
    {
        (_info, _bytes) = (info, bytes);
        try
        {
            int length = BlockDirectory.LengthOf(bytes.Read(0, BlockDirectory.PrefixLength));
            _directory = BlockDirectory.Parse(bytes.Read(0, length));
        }
        catch (BlockFormatException e)
        {
            throw Damaged(e);
        }
        _times = new long[_directory.Times.Length][];
    }

    public BlockDirectory Directory => _directory;

    /// <summary>Columns are in the order of series and parts.</summary>
    public override int Find(ColumnKey key)
    {
        var columns = _directory.Columns;
        int low = 0, high = columns.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = (columns[middle].Series, columns[middle].Part).CompareTo((key.Entry.Id, (int)key.Part));
            if (order == 0)
                return middle;
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return -1;
    }

    public override IEnumerable<ColumnKey> Keys(SeriesEntry[] members)
    {
        int at = 0;
        for (int i = 0; i < _directory.Columns.Length; i++)
        {
            var column = _directory.Columns[i];
            while (at < members.Length && members[at].Id < column.Series)
                at++;
            if (at < members.Length && members[at].Id == column.Series)
                yield return new(members[at], (RollupPart)column.Part);
        }
    }

    public override int TimesOf(int column) => _directory.Columns[column].Times;

    public override ReadOnlySpan<long> Times(int number)
    {
        var times = _directory.Times[number];
        if (_times[number] is { } known)
            return known.AsSpan(0, times.Count);
        long[] read = ArrayPool<long>.Shared.Rent(times.Count);
        try
        {
            _directory.ReadTimes(number, _bytes.Read(times.Offset, times.Length), read.AsSpan(0, times.Count));
        }
        catch (BlockFormatException e)
        {
            throw Damaged(e);
        }
        _times[number] = read;
        return read.AsSpan(0, times.Count);
    }

    public override ReadOnlySpan<double> Values(int column)
    {
        var place = _directory.Columns[column];
        int count = _directory.Times[place.Times].Count;
        if (column == _loaded)
            return _values.AsSpan(0, count);
        var values = Room(ref _values, count);
        try
        {
            _directory.ReadColumn(column, _bytes.Read(place.Offset, place.Length), values);
        }
        catch (BlockFormatException e)
        {
            throw Damaged(e);
        }
        _loaded = column;
        return values;
    }

    public override void GiveBack()
    {
        Return(ref _values);
        for (int i = 0; i < _times.Length; i++)
            if (_times[i] is { } times)
            {
                ArrayPool<long>.Shared.Return(times);
                _times[i] = null;
            }
    }

    DamagedBlockException Damaged(BlockFormatException e) => new(_info, e.Message, e);
}
