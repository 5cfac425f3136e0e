using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>From when on each kind of history is shown, Unix milliseconds.</summary>
readonly record struct Horizons(long RawMs, long FiveMinutesMs, long HourMs);

/// <summary>Answers one selection from one state of the file and the head that belongs to it.</summary>
sealed class SampleReader(SqliteConnection connection, StoreMemory memory, Horizons kept) : IDisposable
{
    readonly List<BlockBytes> _bytes = [];

    /// <summary>What the selection needs, taken under the lock: blocks to read, and copies of the head's rows.</summary>
    sealed record Piece(List<SeriesEntry> Entries, int Series, List<Stretch> Stretches, List<HeadRows> Head)
    {
        public List<BlockInfo> Raw => Stretches[^1].Blocks;
    }

    /// <summary>A range of time that is answered from one level. The last one of a piece is raw.</summary>
    sealed record Stretch(BlockLevel Level, long FromMs, long ToMs, List<BlockInfo> Blocks);

    /// <returns>Null when blocks were sealed or deleted since the transaction began: it is to be begun again.</returns>
    public IReadOnlyList<SeriesSamples>? Select(SeriesSelection selection, CancellationToken ct)
    {
        if (Pieces(selection) is not { } pieces)
            return null;
        var found = new List<SeriesSamples>();
        long samples = 0;
        foreach (var piece in pieces)
        {
            ct.ThrowIfCancellationRequested();
            int before = found.Count;
            Read(piece, found);
            for (int i = before; i < found.Count; i++)
                samples += found[i].Values.Length;
            if (found.Count > selection.MaxSeries || samples > selection.MaxSamples)
                throw new SelectionTooLargeException(ofSeries: found.Count > selection.MaxSeries);
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
            var left = new HashSet<SeriesEntry>(piece.Entries);
            foreach (var stretch in piece.Stretches)
            {
                var parts = Open(piece, stretch, whole: false);
                var scan = new GroupScan(parts, stretch.FromMs, stretch.ToMs);
                int[] columns = new int[parts.Count];
                left.RemoveWhere(e =>
                {
                    bool has = scan.Times(new(e, Shown(stretch)), columns).Times.Length > 0;
                    if (has)
                        found.Add(e.Labels);
                    return has;
                });
            }
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
                var stretches = Stretches(group.Key, selection.FromMs, selection.ToMs);
                var raw = stretches[^1];
                var head = new List<HeadRows>();
                foreach (var rows in group.Key.Head)
                    if (rows.Slice(entries, raw.FromMs, raw.ToMs) is { } slice)
                        head.Add(slice);
                if (head.Count > 0 || stretches.Any(s => s.Blocks.Count > 0))
                    pieces.Add(new(entries, group.Key.Members.Count, stretches, head));
            }
            return pieces;
        }
    }

    /// <summary>Raw samples as far back as they reach, then rollups over five minutes, then over an hour.</summary>
    List<Stretch> Stretches(SeriesGroup group, long fromMs, long toMs)
    {
        long rawFrom = Math.Max(kept.RawMs, First(group.Blocks(BlockLevel.Raw), group.Head.Select(r => r.FirstMs)));
        long fiveFrom = Math.Max(kept.FiveMinutesMs, First(group.Blocks(BlockLevel.FiveMinutes), []));
        var stretches = new List<Stretch>(1);
        Add(BlockLevel.Hour, Math.Max(fromMs, kept.HourMs), Math.Min(toMs, Math.Min(fiveFrom, rawFrom) - 1));
        Add(BlockLevel.FiveMinutes, Math.Max(fromMs, fiveFrom), Math.Min(toMs, rawFrom - 1));
        stretches.Add(new(BlockLevel.Raw, Math.Max(fromMs, rawFrom), toMs,
            Within(group.Blocks(BlockLevel.Raw), Math.Max(fromMs, rawFrom), toMs)));
        return stretches;

        void Add(BlockLevel level, long from, long to)
        {
            if (from <= to && Within(group.Blocks(level), from, to) is { Count: > 0 } blocks)
                stretches.Add(new(level, from, to, blocks));
        }
    }

    static long First(BlockInfo[] blocks, IEnumerable<long> head) =>
        Math.Min(blocks.Length > 0 ? blocks[0].FirstMs : long.MaxValue, head.DefaultIfEmpty(long.MaxValue).Min());

    static List<BlockInfo> Within(BlockInfo[] blocks, long fromMs, long toMs)
    {
        var within = new List<BlockInfo>();
        foreach (var block in blocks)
            if (block.LastMs >= fromMs && block.FirstMs <= toMs)
                within.Add(block);
        return within;
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

    void Read(Piece piece, List<SeriesSamples> found)
    {
        bool whole = piece.Entries.Count * 4 >= piece.Series;
        if (piece.Stretches.Count == 1)
        {
            Read(piece.Entries, Open(piece, piece.Stretches[0], whole), piece.Stretches[0], found);
            return;
        }
        // The stretches follow one another in time: each series is put together of its pieces.
        var joined = new Dictionary<SeriesEntry, JoinedSeries>();
        foreach (var stretch in Enumerable.Reverse(piece.Stretches))
        {
            var parts = Open(piece, stretch, whole);
            var scan = new GroupScan(parts, stretch.FromMs, stretch.ToMs);
            foreach (var entry in piece.Entries)
            {
                if (!joined.TryGetValue(entry, out var series))
                    joined[entry] = series = new();
                if (stretch.Level == BlockLevel.Raw)
                    series.Prepend(scan, parts.Count, entry);
                else
                    series.Prepend(scan, parts.Count, entry, stretch.Level);
            }
        }
        found.AddRange(joined.Where(j => j.Value.Count > 0).Select(j => j.Value.ToSamples(j.Key.Labels)));
    }

    static void Read(List<SeriesEntry> entries, List<SamplePart> parts, Stretch stretch, List<SeriesSamples> found)
    {
        var scan = new GroupScan(parts, stretch.FromMs, stretch.ToMs);
        int[] columns = new int[parts.Count];
        foreach (var entry in entries)
        {
            var times = scan.Times(new(entry, Shown(stretch)), columns);
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
