using Dapper;
using Microsoft.Data.Sqlite;

namespace Vigie.Storage;

public sealed partial class MetricStore
{
    /// <summary>Groups cleaned in one transaction: few, so that writers wait little.</summary>
    const int GroupsTogether = 64;

    /// <summary>Deletes the raw samples that are older, and gives the file's space back. Returns how many samples it were.</summary>
    /// <param name="exact">
    /// Also packs the blocks anew that reach over the cut. Without it they stay until all of them is older, at most a day; no
    /// query sees what is older than the history kept.
    /// </param>
    public async Task<long> DeleteBeforeAsync(DateTimeOffset cut, bool exact, IProgress<double>? progress, CancellationToken ct)
    {
        await SealAsync(ct);
        await _sealing.WaitAsync(ct);
        try
        {
            long deleted = await Task.Run(() => DeleteBefore(cut.ToUnixTimeMilliseconds(), exact, progress, ct), ct);
            await GiveBackAsync(ct);
            progress?.Report(1);
            return deleted;
        }
        finally
        {
            _sealing.Release();
        }
    }

    long DeleteBefore(long cutMs, bool exact, IProgress<double>? progress, CancellationToken ct)
    {
        var memory = Current();
        List<(SeriesGroup Group, SeriesEntry[] Members, BlockInfo[] Old)> groups;
        lock (memory.Lock)
            groups = [.. memory.Groups.Values.Select(g => (g, g.Members.ToArray(), OldBlocks(g))).Where(g => g.Item3.Length > 0)];
        long deleted = 0;
        for (int done = 0, next = 0; done < groups.Count; done = next)
        {
            ct.ThrowIfCancellationRequested();
            var changes = new List<SealedGroup>();
            bool packed = WithBlocks(memory, open =>
            {
                for (_packing.Begin(); next < groups.Count && next - done < GroupsTogether && _packing.Length < LargestSeal; next++)
                {
                    var (group, members, old) = groups[next];
                    changes.Add(new(group, [.. old.Where(b => b.LastMs < cutMs)], []));
                    changes.AddRange(old.Where(b => b.LastMs >= cutMs).Select(b => _packing.Trim(group, members, b, cutMs, open)));
                }
            });
            if (!packed || !Commit(memory, changes, journalEnd: 0, thaw: false))
                break; // another process has changed the blocks; the next round goes on
            deleted += changes.Sum(c => c.Replaced.Sum(b => b.Samples) - c.Made.Sum(b => b.Info.Samples));
            ForgetSeries(memory, [.. groups[done..next].Select(g => g.Group)]);
            progress?.Report((double)next / groups.Count * 0.9);
        }
        return deleted;

        BlockInfo[] OldBlocks(SeriesGroup group) =>
            [.. group.Blocks.Where(b => b.Level == BlockLevel.Raw && (exact ? b.FirstMs : b.LastMs) < cutMs)];
    }

    /// <summary>Series leave with their last block.</summary>
    void ForgetSeries(StoreMemory memory, List<SeriesGroup> groups)
    {
        using var turn = _database.Turn();
        if (!ReferenceEquals(memory, _memory))
            return;
        var gone = new List<SeriesEntry>();
        long version = memory.Version;
        _database.Transact(connection =>
        {
            var alive = new HashSet<long>();
            using var bytes = new BlockBytes(connection);
            lock (memory.Lock)
            {
                foreach (var group in groups)
                {
                    alive.Clear();
                    foreach (var block in group.Blocks)
                    {
                        bytes.Open(block, whole: false);
                        foreach (var column in new BlockPart(block, bytes).Directory.Columns)
                            alive.Add(column.Series);
                    }
                    foreach (var rows in group.Head)
                        for (int i = 0; i < rows.Columns.Count; i++)
                            if (rows.CountOf(i) > 0)
                                alive.Add(rows.Columns[i].Id);
                    gone.AddRange(group.Members.Where(m => !alive.Contains(m.Id)));
                }
            }
            if (gone.Count == 0)
                return;
            SeriesTable.Delete(connection, gone);
            version = StoreState.Advance(connection);
        });
        lock (memory.Lock)
        {
            memory.Advance(version);
            foreach (var entry in gone)
            {
                memory.Index.Remove(entry);
                if (entry.Group.Members.Count == 0)
                    memory.Remove(entry.Group);
            }
        }
    }

    /// <summary>A part at a time, so that writers get their turn.</summary>
    async Task GiveBackAsync(CancellationToken ct)
    {
        for (long before = long.MaxValue, free = long.MaxValue - 1; free > 0 && free < before;)
        {
            before = free;
            await _database.MaintainAsync(connection =>
            {
                Database.Execute(connection, "PRAGMA incremental_vacuum(4096)");
                free = Database.Scalar<long>(connection, "PRAGMA freelist_count");
            }, ct);
        }
        await _database.MaintainAsync(connection => Database.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)"), ct);
    }

    /// <summary>Removes a host's series and samples. Returns how many samples it were.</summary>
    public async Task<long> DeleteHostAsync(string host, CancellationToken ct)
    {
        await SealAsync(ct);
        using var turn = await _database.TurnAsync(ct);
        _database.Read(Follow);
        long deleted = 0;
        _database.Transact(connection =>
        {
            List<SeriesGroup> groups;
            lock (_memory.Lock)
                groups = [.. _memory.GroupsOf(host)];
            foreach (var group in groups)
            {
                deleted += group.Blocks.Where(b => b.Level == BlockLevel.Raw).Sum(b => b.Samples) + group.Head.Sum(r => r.Samples);
                foreach (var block in group.Blocks)
                    BlockTable.Delete(connection, block.Id);
                SeriesTable.Delete(connection, group.Members);
            }
            StoreState.Advance(connection);
        });
        _database.Read(Follow); // rows of the journal that name the series are passed over from now on
        return deleted;
    }
}
