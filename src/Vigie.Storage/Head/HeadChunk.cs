namespace Vigie.Storage;

/// <summary>
/// Cells of a few instants of a group: a row an instant, a column a series, and a bit that tells whether the cell holds a
/// sample. The head grows by whole chunks, so nothing is copied when it does, and what is empty is never more than a chunk.
/// </summary>
sealed class HeadChunk(int stride)
{
    /// <summary>Log2 of the rows. Eight of the widest stay far below the size from which the collector keeps arrays apart.</summary>
    public const int Shift = 3;

    public const int Rows = 1 << Shift;

    readonly int _words = (stride + 63) / 64;
    readonly double[] _cells = GC.AllocateUninitializedArray<double>(Rows * stride);
    readonly ulong[] _present = new ulong[Rows * ((stride + 63) / 64)];

    /// <summary>Columns there is room for.</summary>
    public int Stride { get; } = stride;

    /// <summary>Whether the cell was empty.</summary>
    public bool Set(int row, int column, double value)
    {
        _cells[(row * Stride) + column] = value;
        ref ulong word = ref _present[(row * _words) + (column >> 6)];
        ulong before = word;
        word |= 1UL << (column & 63);
        return word != before;
    }

    public bool Has(int row, int column) =>
        column < Stride && (_present[(row * _words) + (column >> 6)] >> (column & 63) & 1) != 0;

    public double Cell(int row, int column) => _cells[(row * Stride) + column];

    /// <summary>A column from the first row on.</summary>
    public void Gather(int column, Span<double> to)
    {
        var cells = _cells.AsSpan(column);
        for (int row = 0, at = 0; row < to.Length; row++, at += Stride)
            to[row] = cells[at];
    }

    public void CopyTo(HeadChunk wider)
    {
        for (int row = 0; row < Rows; row++)
        {
            _cells.AsSpan(row * Stride, Stride).CopyTo(wider._cells.AsSpan(row * wider.Stride));
            _present.AsSpan(row * _words, _words).CopyTo(wider._present.AsSpan(row * wider._words));
        }
    }

    public void Clear() => Array.Clear(_present);

    public long Bytes => (_cells.Length + _present.Length) * 8L;
}

/// <summary>
/// Chunks that are needed again and again: the collector would keep each for long and the process would grow. Bounded: what
/// is more than the head of a usual fleet is left to the collector, and at rest all of it.
/// </summary>
static class HeadPool
{
    const long MostBytes = 16L << 20;

    static readonly Lock Guard = new();
    static readonly Dictionary<int, Stack<HeadChunk>> Free = [];
    static long _bytes;

    /// <summary>An empty chunk.</summary>
    public static HeadChunk Rent(int stride)
    {
        lock (Guard)
        {
            if (Free.TryGetValue(stride, out var some) && some.TryPop(out var chunk))
            {
                _bytes -= chunk.Bytes;
                chunk.Clear();
                return chunk;
            }
        }
        return new(stride);
    }

    /// <summary>Leaves all that is free to the collector.</summary>
    public static void Clear()
    {
        lock (Guard)
        {
            Free.Clear();
            _bytes = 0;
        }
    }

    public static void Return(IEnumerable<HeadChunk> chunks)
    {
        lock (Guard)
            foreach (var chunk in chunks)
            {
                if (_bytes + chunk.Bytes > MostBytes)
                    return;
                _bytes += chunk.Bytes;
                if (!Free.TryGetValue(chunk.Stride, out var some))
                    Free[chunk.Stride] = some = new();
                some.Push(chunk);
            }
    }
}
