using System.Buffers;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>Reads pieces by one connection. Belongs to one thread.</summary>
sealed class PieceReader(SqliteConnection connection, SeriesSelection selection) : IDisposable
{
    readonly List<BlockBytes> _bytes = [];
    readonly long[] _instant = new long[1];
    double[] _values = [];

    /// <summary>Some of a piece's series.</summary>
    public void Read(Piece piece, int from, int count, ISeriesPart to, CancellationToken ct)
    {
        bool whole = count * 4 >= piece.Series;
        var entries = piece.Entries.GetRange(from, count);
        if (piece.Stretches.Count > 1)
        {
            ReadJoined(piece, entries, whole, to, ct);
            return;
        }
        var stretch = piece.Stretches[0];
        if (selection.LatestOnly && piece.Head.Count == 0)
        {
            ReadLatest(stretch, entries, to, ct);
            return;
        }
        var parts = Open(piece, stretch, whole);
        using var scan = new GroupScan(parts, stretch.FromMs, stretch.ToMs);
        int[] columns = new int[parts.Count];
        MergedTimes? told = null;
        foreach (var entry in entries)
        {
            ct.ThrowIfCancellationRequested();
            var times = scan.Times(new(entry, Shown(stretch)), columns);
            int length = times.Times.Length;
            if (length == 0)
                continue;
            if (_values.Length < length)
            {
                GiveBackValues();
                _values = ArrayPool<double>.Shared.Rent(length);
            }
            var values = _values.AsSpan(0, length);
            scan.Fill(times, columns, values);
            if (!ReferenceEquals(told, times))
                to.Instants((told = times).Memory);
            to.Series(entry.Labels, values);
        }
        Close(parts);
    }

    /// <summary>The newest block first: a series is done with the first that has a sample of it.</summary>
    void ReadLatest(Stretch stretch, List<SeriesEntry> left, ISeriesPart to, CancellationToken ct)
    {
        for (int i = stretch.Blocks.Count - 1; i >= 0 && left.Count > 0; i--)
        {
            ct.ThrowIfCancellationRequested();
            var part = Open(stretch.Blocks[i], 0, whole: false);
            left.RemoveAll(entry => TryLatest(part, entry, stretch, to));
            part.GiveBack();
        }
    }

    bool TryLatest(BlockPart part, SeriesEntry entry, Stretch stretch, ISeriesPart to)
    {
        int column = part.Find(new(entry, RollupPart.Sample));
        if (column < 0)
            return false;
        var times = part.Times(part.TimesOf(column));
        int last = LastOf(times, stretch);
        if (last < 0)
            return false;
        _instant[0] = times[last];
        to.Instants(_instant);
        to.Series(entry.Labels, part.Values(column).Slice(last, 1));
        return true;
    }

    /// <summary>The stretches follow one another in time: each series is put together of its pieces.</summary>
    void ReadJoined(Piece piece, List<SeriesEntry> entries, bool whole, ISeriesPart to, CancellationToken ct)
    {
        var joined = new JoinedSeries[entries.Count];
        foreach (var stretch in Enumerable.Reverse(piece.Stretches))
        {
            ct.ThrowIfCancellationRequested();
            var parts = Open(piece, stretch, whole);
            using var scan = new GroupScan(parts, stretch.FromMs, stretch.ToMs);
            for (int i = 0; i < joined.Length; i++)
            {
                joined[i] ??= new(selection.Summaries);
                if (stretch.Level == BlockLevel.Raw)
                    joined[i].Prepend(scan, parts.Count, entries[i]);
                else
                    joined[i].Prepend(scan, parts.Count, entries[i], stretch.Level);
            }
            Close(parts);
        }
        for (int i = 0; i < joined.Length; i++)
            if (joined[i].Count > 0)
                joined[i].WriteTo(to, entries[i].Labels);
    }

    /// <summary>The series with a sample in the range. The newest is looked at first, because most that have ever been still are.</summary>
    public void List(Piece piece, List<Labels> found)
    {
        var left = piece.Entries;
        foreach (var rows in piece.Head)
            Take(new HeadPart(rows), piece.Stretches[^1]);
        for (int s = piece.Stretches.Count - 1; s >= 0; s--)
            for (int i = piece.Stretches[s].Blocks.Count - 1; i >= 0 && left.Count > 0; i--)
                Take(Open(piece.Stretches[s].Blocks[i], 0, whole: false), piece.Stretches[s]);

        void Take(SamplePart part, Stretch stretch)
        {
            left.RemoveAll(entry =>
            {
                int column = part.Find(new(entry, Shown(stretch)));
                bool has = column >= 0 && LastOf(part.Times(part.TimesOf(column)), stretch) >= 0;
                if (has)
                    found.Add(entry.Labels);
                return has;
            });
            part.GiveBack();
        }
    }

    /// <summary>Where the last instant within a range stands, -1 when there is none.</summary>
    static int LastOf(ReadOnlySpan<long> times, Stretch stretch)
    {
        int last = times.BinarySearch(stretch.ToMs);
        last = last < 0 ? ~last - 1 : last;
        return last >= 0 && times[last] >= stretch.FromMs ? last : -1;
    }

    static RollupPart Shown(Stretch stretch) => stretch.Level == BlockLevel.Raw ? RollupPart.Sample : RollupPart.Last;

    List<SamplePart> Open(Piece piece, Stretch stretch, bool whole)
    {
        var parts = new List<SamplePart>(stretch.Blocks.Count + piece.Head.Count);
        for (int i = 0; i < stretch.Blocks.Count; i++)
            parts.Add(Open(stretch.Blocks[i], i, whole));
        if (stretch.Level == BlockLevel.Raw)
            foreach (var rows in piece.Head)
                parts.Add(new HeadPart(rows));
        return parts;
    }

    /// <param name="slot">Each of the blocks open at once has one of its own.</param>
    BlockPart Open(BlockInfo block, int slot, bool whole)
    {
        if (_bytes.Count == slot)
            _bytes.Add(new(connection));
        _bytes[slot].Open(block, whole);
        return new(block, _bytes[slot]);
    }

    static void Close(List<SamplePart> parts)
    {
        foreach (var part in parts)
            part.GiveBack();
    }

    void GiveBackValues()
    {
        if (_values.Length > 0)
            ArrayPool<double>.Shared.Return(_values);
        _values = [];
    }

    public void Dispose()
    {
        GiveBackValues();
        foreach (var bytes in _bytes)
            bytes.Dispose();
    }
}
