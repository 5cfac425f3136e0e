using System.Buffers;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>Reads pieces by one connection. Belongs to one thread.</summary>
sealed class PieceReader(SqliteConnection connection, Summaries wanted) : IDisposable
{
    readonly List<BlockBytes> _bytes = [];
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
                joined[i] ??= new(wanted);
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

    /// <summary>The series with a sample in the range.</summary>
    public void List(Piece piece, List<Labels> found)
    {
        var left = new HashSet<SeriesEntry>(piece.Entries);
        foreach (var stretch in piece.Stretches)
        {
            var parts = Open(piece, stretch, whole: false);
            using var scan = new GroupScan(parts, stretch.FromMs, stretch.ToMs);
            int[] columns = new int[parts.Count];
            left.RemoveWhere(e =>
            {
                bool has = scan.Times(new(e, Shown(stretch)), columns).Times.Length > 0;
                if (has)
                    found.Add(e.Labels);
                return has;
            });
            Close(parts);
        }
    }

    static RollupPart Shown(Stretch stretch) => stretch.Level == BlockLevel.Raw ? RollupPart.Sample : RollupPart.Last;

    List<SamplePart> Open(Piece piece, Stretch stretch, bool whole)
    {
        var parts = new List<SamplePart>(stretch.Blocks.Count + piece.Head.Count);
        for (int i = 0; i < stretch.Blocks.Count; i++)
        {
            if (_bytes.Count == i)
                _bytes.Add(new(connection));
            _bytes[i].Open(stretch.Blocks[i], whole);
            parts.Add(new BlockPart(stretch.Blocks[i], _bytes[i]));
        }
        if (stretch.Level == BlockLevel.Raw)
            foreach (var rows in piece.Head)
                parts.Add(new HeadPart(rows));
        return parts;
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
