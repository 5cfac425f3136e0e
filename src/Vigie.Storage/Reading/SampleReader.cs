using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>Answers one selection from one state of the file and the head that belongs to it.</summary>
sealed class SampleReader(SqliteConnection connection, StoreMemory memory) : IDisposable
{
    readonly List<BlockBytes> _bytes = [];

    /// <summary>What the selection needs, taken under the lock: blocks to read, and copies of the head's rows.</summary>
    sealed record Piece(List<SeriesEntry> Entries, List<BlockInfo> Blocks, List<HeadRows> Head, int Series);

    /// <returns>Null when blocks were sealed or deleted since the transaction began: it is to be begun again.</returns>
    public IReadOnlyList<SeriesSamples>? Select(SeriesSelection selection, CancellationToken ct)
    {
        if (Pieces(selection) is not { } pieces)
            return null;
        var found = new List<SeriesSamples>();
        foreach (var piece in pieces)
        {
            ct.ThrowIfCancellationRequested();
            Read(piece, selection.FromMs, selection.ToMs, found);
        }
        return found;
    }

    /// <summary>The label sets with a sample in the range.</summary>
    public IReadOnlyList<Labels>? Series(SeriesSelection selection, CancellationToken ct)
    {
        if (Pieces(selection) is not { } pieces)
            return null;
        var found = new List<Labels>();
        foreach (var piece in pieces)
        {
            ct.ThrowIfCancellationRequested();
            var scan = new GroupScan(Open(piece, whole: false), selection.FromMs, selection.ToMs);
            int[] columns = new int[piece.Blocks.Count + piece.Head.Count];
            foreach (var entry in piece.Entries)
                if (scan.Times(entry, columns).Times.Length > 0)
                    found.Add(entry.Labels);
        }
        return found;
    }

    List<Piece>? Pieces(SeriesSelection selection)
    {
        lock (memory.Lock)
        {
            if (StoreState.Version(connection) != memory.Version)
                return null;
            var pieces = new List<Piece>();
            foreach (var group in memory.Index.Find(selection.Matchers).GroupBy(e => e.Group))
            {
                var entries = group.ToList();
                var blocks = group.Key.Blocks.Where(b => b.Level == BlockLevel.Raw && b.LastMs >= selection.FromMs
                    && b.FirstMs <= selection.ToMs).ToList();
                var head = new List<HeadRows>();
                foreach (var rows in group.Key.Head)
                    if (rows.Slice(entries, selection.FromMs, selection.ToMs) is { } slice)
                        head.Add(slice);
                if (blocks.Count + head.Count > 0)
                    pieces.Add(new(entries, blocks, head, group.Key.Members.Count));
            }
            return pieces;
        }
    }

    List<SamplePart> Open(Piece piece, bool whole)
    {
        var parts = new List<SamplePart>(piece.Blocks.Count + piece.Head.Count);
        for (int i = 0; i < piece.Blocks.Count; i++)
        {
            if (_bytes.Count == i)
                _bytes.Add(new(connection));
            _bytes[i].Open(piece.Blocks[i], whole);
            parts.Add(new BlockPart(piece.Blocks[i], _bytes[i]));
        }
        foreach (var rows in piece.Head)
            parts.Add(new HeadPart(rows));
        return parts;
    }

    void Read(Piece piece, long fromMs, long toMs, List<SeriesSamples> found)
    {
        var parts = Open(piece, whole: piece.Entries.Count * 4 >= piece.Series);
        var scan = new GroupScan(parts, fromMs, toMs);
        int[] columns = new int[parts.Count];
        foreach (var entry in piece.Entries)
        {
            var times = scan.Times(entry, columns);
            if (times.Times.Length == 0)
                continue;
            double[] values = GC.AllocateUninitializedArray<double>(times.Times.Length);
            scan.Fill(times, columns, values);
            found.Add(new(entry.Labels, times.Times, values));
        }
    }

    public void Dispose()
    {
        foreach (var bytes in _bytes)
            bytes.Dispose();
    }
}
