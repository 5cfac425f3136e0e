using Dapper;
using Microsoft.Data.Sqlite;

namespace Vigie.Storage;

/// <summary>Reads all samples of a file and holds what it finds against what the file says of itself.</summary>
static class ContentCheck
{
    /// <exception cref="DatabaseException">The first thing that is wrong.</exception>
    public static FileReport Read(SqliteConnection connection, string path, IProgress<double>? progress)
    {
        using var transaction = connection.BeginTransaction(deferred: true); // one state, though a hub may be writing
        bool isOld = connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema WHERE name = 'sample'") > 0;
        var report = isOld ? Rows(connection, path) : Blocks(connection, path, progress);
        progress?.Report(1);
        return report;
    }

    static FileReport Blocks(SqliteConnection connection, string path, IProgress<double>? progress)
    {
        StoreMemory memory;
        try
        {
            memory = StoreMemory.Load(connection, DateTimeOffset.UnixEpoch);
        }
        catch (DatabaseException e)
        {
            throw Damaged(path, e.Message);
        }
        long samples = memory.HeadSamples, first = long.MaxValue, last = long.MinValue;
        foreach (var rows in memory.Groups.Values.SelectMany(g => g.Head).Where(r => r.Count > 0))
            (first, last) = (Math.Min(first, rows.FirstMs), Math.Max(last, rows.LastMs));
        var blocks = BlockTable.All(connection).ToList();
        using var bytes = new BlockBytes(connection);
        for (int i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            long found = Block(memory, path, block, bytes);
            if (block.Level != BlockLevel.Raw)
                continue;
            samples += found;
            (first, last) = (Math.Min(first, block.FirstMs), Math.Max(last, block.LastMs));
            progress?.Report(0.2 + (0.8 * i / blocks.Count));
        }
        return new(path, new FileInfo(path).Length, memory.Index.Count, samples, At(first), At(last));
    }

    static long Block(StoreMemory memory, string path, BlockInfo block, BlockBytes bytes)
    {
        try
        {
            bytes.Open(block, whole: true);
            var part = new BlockPart(block, bytes);
            long samples = 0, first = long.MaxValue, last = long.MinValue;
            for (int i = 0; i < part.Directory.Times.Length; i++)
                (first, last) = (Math.Min(first, part.Times(i)[0]), Math.Max(last, part.Times(i)[^1]));
            for (int i = 0; i < part.Directory.Columns.Length; i++)
            {
                samples += part.Values(i).Length;
                long series = part.Directory.Columns[i].Series;
                if (memory.Index.Find(series)?.Group.Id != block.Group)
                    throw Damaged(path, $"block {block.Id} has samples of series {series}, which has no labels in its group");
            }
            if ((samples, first, last) != (block.Samples, block.FirstMs, block.LastMs))
                throw Damaged(path, $"block {block.Id} holds {samples} samples where its row says {block.Samples}, or other times");
            return samples;
        }
        catch (DatabaseException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw Damaged(path, e.Message);
        }
    }

    /// <summary>A backup from before there were blocks.</summary>
    static FileReport Rows(SqliteConnection connection, string path)
    {
        long orphans = connection.ExecuteScalar<long>("SELECT count(*) FROM sample WHERE series NOT IN (SELECT id FROM series)");
        if (orphans > 0)
            throw Damaged(path, $"{orphans} samples have no labels");
        var (samples, first, last) =
            connection.QuerySingle<(long, long?, long?)>("SELECT count(*), min(time_ms), max(time_ms) FROM sample");
        long series = connection.ExecuteScalar<long>("SELECT count(*) FROM series");
        return new(path, new FileInfo(path).Length, series, samples, At(first ?? long.MaxValue), At(last ?? long.MinValue));
    }

    static DatabaseException Damaged(string path, string what) => new($"{path} is damaged: {what}");

    static DateTimeOffset? At(long ms) => ms is long.MaxValue or long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
