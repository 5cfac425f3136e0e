using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>From when on each kind of history is shown, Unix milliseconds.</summary>
readonly record struct Horizons(long RawMs, long FiveMinutesMs, long HourMs);

/// <summary>What a selection needs of one group, taken under the lock: blocks to read, and copies of the head's rows.</summary>
/// <param name="Entries">The series wanted.</param>
/// <param name="Series">How many the group has.</param>
/// <param name="Stretches">In time order; the last one is raw.</param>
sealed record Piece(List<SeriesEntry> Entries, int Series, List<Stretch> Stretches, List<HeadRows> Head)
{
    /// <summary>About how many samples are read for each of the series: those of whole blocks.</summary>
    public long SamplesEach => Head.Sum(r => (long)r.Count) + Stretches.Sum(s => s.Blocks.Sum(b => (long)b.Rows));
}

/// <summary>A range of time that is answered from one level.</summary>
sealed record Stretch(BlockLevel Level, long FromMs, long ToMs, List<BlockInfo> Blocks);

/// <summary>All that a selection needs, of one state of the file and the head.</summary>
/// <param name="Latest">Series whose answer is a sample of the head, and nothing else has to be read for them.</param>
sealed record ReadPlan(long Version, List<LatestSample> Latest, List<Piece> Pieces)
{
    /// <returns>Null when the file has another state than the memory.</returns>
    public static ReadPlan? Of(SeriesSelection selection, SqliteConnection connection, StoreMemory memory, Horizons kept)
    {
        lock (memory.Lock)
        {
            if (StoreState.Version(connection) != memory.Version)
                return null;
            var plan = new ReadPlan(memory.Version, [], []);
            var entries = memory.Index.Find(selection.Matchers);
            if (selection.LatestOnly)
                entries = LatestSample.Find(entries, Math.Max(selection.FromMs, kept.RawMs), selection.ToMs, plan.Latest);
            foreach (var group in entries.GroupBy(e => e.Group))
                if (PieceOf(group.Key, [.. group], selection, kept) is { } piece)
                    plan.Pieces.Add(piece);
            return plan;
        }
    }

    static Piece? PieceOf(SeriesGroup group, List<SeriesEntry> entries, SeriesSelection selection, Horizons kept)
    {
        var stretches = Stretches(group, selection.FromMs, selection.ToMs, kept);
        var raw = stretches[^1];
        var head = new List<HeadRows>();
        foreach (var rows in group.Head)
            if (rows.Slice(entries, raw.FromMs, raw.ToMs) is { } slice)
                head.Add(slice);
        return head.Count > 0 || stretches.Any(s => s.Blocks.Count > 0) ? new(entries, group.Members.Count, stretches, head) : null;
    }

    /// <summary>Raw samples as far back as they reach, then rollups over five minutes, then over an hour.</summary>
    static List<Stretch> Stretches(SeriesGroup group, long fromMs, long toMs, Horizons kept)
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
}
