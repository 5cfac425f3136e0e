using System.Buffers;

namespace Vigie.Storage;

/// <summary>
/// The instants of a series over several parts, in order and each once, and from which part the value of each comes: runs of
/// a part's column. At the same instant the later part wins. Series with the same columns of instants share it. Its array is
/// lent by the shared pool.
/// </summary>
sealed class MergedTimes : IDisposable
{
    readonly record struct Run(int Part, int From, int Count);

    readonly List<Run> _runs = [];
    long[] _times = [];
    int _count;

    public ReadOnlySpan<long> Times => _times.AsSpan(0, _count);

    public ReadOnlyMemory<long> Memory => _times.AsMemory(0, _count);

    /// <param name="parts">The later ones win.</param>
    /// <param name="numbers">The column of instants in each part, -1 for none.</param>
    public static MergedTimes Of(IReadOnlyList<SamplePart> parts, ReadOnlySpan<int> numbers, long fromMs, long toMs)
    {
        var cursors = new List<Cursor>(numbers.Length);
        for (int part = 0; part < numbers.Length; part++)
            if (numbers[part] >= 0 && Cursor.Over(parts[part].Times(numbers[part]), part, numbers[part], fromMs, toMs) is { } cursor)
                cursors.Add(cursor);
        var merged = new MergedTimes { _times = ArrayPool<long>.Shared.Rent(cursors.Sum(c => c.End - c.At)) };
        while (cursors.Count > 0)
            merged.Advance(parts, cursors);
        return merged;
    }

    /// <summary>Takes from the part that is next as much as comes before all others.</summary>
    void Advance(IReadOnlyList<SamplePart> parts, List<Cursor> cursors)
    {
        Cursor next = cursors[0];
        long bound = long.MaxValue; // the first instant of any other part
        foreach (var cursor in cursors)
            if (cursor.NextMs < next.NextMs || (cursor.NextMs == next.NextMs && cursor.Part > next.Part))
                next = cursor;
        foreach (var cursor in cursors)
            if (!ReferenceEquals(cursor, next))
                bound = Math.Min(bound, cursor.NextMs);
        var column = parts[next.Part].Times(next.Number);
        if (bound == next.NextMs)
        {
            // The same instant in several parts: the value of this one stays, the others move on.
            Take(next, 1, column);
            foreach (var cursor in cursors)
                if (!ReferenceEquals(cursor, next) && cursor.NextMs == bound)
                    cursor.Move(1, parts[cursor.Part].Times(cursor.Number));
        }
        else
        {
            int count = column[next.At..next.End].BinarySearch(bound);
            Take(next, count < 0 ? ~count : count, column);
        }
        cursors.RemoveAll(c => c.At >= c.End);
    }

    void Take(Cursor cursor, int count, ReadOnlySpan<long> column)
    {
        column.Slice(cursor.At, count).CopyTo(_times.AsSpan(_count));
        _count += count;
        if (_runs.Count > 0 && _runs[^1] is var last && last.Part == cursor.Part && last.From + last.Count == cursor.At)
            _runs[^1] = last with { Count = last.Count + count };
        else
            _runs.Add(new(cursor.Part, cursor.At, count));
        cursor.Move(count, column);
    }

    /// <summary>The values of a series at these instants.</summary>
    /// <param name="columns">Its column in each part.</param>
    public void Fill(IReadOnlyList<SamplePart> parts, ReadOnlySpan<int> columns, Span<double> values)
    {
        int at = 0, loaded = -1;
        ReadOnlySpan<double> column = default;
        foreach (var run in _runs)
        {
            if (run.Part != loaded)
                column = parts[loaded = run.Part].Values(columns[run.Part]);
            column.Slice(run.From, run.Count).CopyTo(values[at..]);
            at += run.Count;
        }
    }

    public void Dispose()
    {
        if (_times.Length > 0)
            ArrayPool<long>.Shared.Return(_times);
        (_times, _count) = ([], 0);
    }

    sealed class Cursor
    {
        public required int Part { get; init; }

        public required int Number { get; init; }

        public required int End { get; init; }

        public int At { get; private set; }

        public long NextMs { get; private set; }

        public static Cursor? Over(ReadOnlySpan<long> column, int part, int number, long fromMs, long toMs)
        {
            int from = column.BinarySearch(fromMs), to = column.BinarySearch(toMs);
            from = from < 0 ? ~from : from;
            to = to < 0 ? ~to : to + 1;
            return from >= to ? null : new() { Part = part, Number = number, At = from, End = to, NextMs = column[from] };
        }

        public void Move(int count, ReadOnlySpan<long> column)
        {
            At += count;
            NextMs = At < End ? column[At] : long.MaxValue;
        }
    }
}
