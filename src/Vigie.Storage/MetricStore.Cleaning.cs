using Microsoft.Data.Sqlite;

namespace Vigie.Storage;

public sealed partial class MetricStore
{
    /// <summary>
    /// Rolls up what is old enough, deletes what is past its time or past the file's share, and gives the file's space back.
    /// Returns how many raw samples were deleted.
    /// </summary>
    /// <param name="rawCut">Raw samples before it are deleted; they are in the rollups before.</param>
    /// <param name="exact">
    /// Also packs the blocks anew that reach over the cut. Without it they stay until all of them is older, at most a day; no
    /// query sees what is older than the history kept.
    /// </param>
    public async Task<long> CleanAsync(DateTimeOffset rawCut, bool exact, IProgress<double>? progress, CancellationToken ct)
    {
        await SealAsync(ct);
        await _sealing.WaitAsync(ct);
        try
        {
            long deleted = await Task.Run(() =>
            {
                long cutMs = rawCut.ToUnixTimeMilliseconds();
                RollUp(cutMs, new Share(progress, 0, 0.5), ct);
                long samples = DeleteRaw(cutMs, exact, new Share(progress, 0.5, 0.9), ct);
                return samples + DeleteWhole(ct);
            }, ct);
            await GiveBackAsync(ct);
            progress?.Report(1);
            return deleted;
        }
        finally
        {
            _sealing.Release();
        }
    }

    /// <summary>What is younger than the rollups' delay is answered from raw samples, and left alone unless it is deleted now.</summary>
    void RollUp(long rawCutMs, Share progress, CancellationToken ct)
    {
        if (_limits.FiveMinutes <= TimeSpan.Zero && _limits.Hour <= TimeSpan.Zero)
            return;
        long beforeMs = Math.Max(rawCutMs, (_time.GetUtcNow() - _limits.RollupDelay).ToUnixTimeMilliseconds());
        Change((_, group) => Rolling.Due(_damaged.Without(group.Blocks(BlockLevel.Raw)), group.Blocks(BlockLevel.FiveMinutes), beforeMs),
            (memory, sealing, open, work) => new Rolling(sealing, open, entry => IsCounter(memory, entry))
                .Roll(work.Group, work.Members, [.. work.Blocks.Select(_damaged.Without)], _damaged.Without(work.Due)),
            progress, ct);
    }

    static bool IsCounter(StoreMemory memory, SeriesEntry entry)
    {
        lock (memory.Lock)
            return memory.Metrics.TryGetValue(entry.Labels.Name, out var metric) && metric.Kind == Core.Metrics.MetricKind.Counter;
    }

    long DeleteRaw(long cutMs, bool exact, Share progress, CancellationToken ct) => Change(
        (_, group) => [.. group.Blocks(BlockLevel.Raw).Where(b => (exact ? b.FirstMs : b.LastMs) < cutMs)],
        (_, sealing, open, work) =>
        [
            new(work.Group, [.. work.Due.Where(b => b.LastMs < cutMs)], []),
            .. _damaged.Without(work.Due).Where(b => b.LastMs >= cutMs)
                .Select(b => sealing.Trim(work.Group, work.Members, b, cutMs, open)),
        ], progress, ct);

    /// <summary>Rollups that are past their time, and of each level the oldest blocks that are past its bytes.</summary>
    long DeleteWhole(CancellationToken ct)
    {
        var memory = Current();
        var gone = new HashSet<BlockInfo>();
        lock (memory.Lock)
            foreach (var level in Enum.GetValues<BlockLevel>())
            {
                var (age, bytes) = _limits.Of(level);
                long oldestMs = (_time.GetUtcNow() - age).ToUnixTimeMilliseconds();
                var blocks = memory.Groups.Values.SelectMany(g => g.Blocks(level)).OrderByDescending(b => b.LastMs).ToList();
                long kept = 0;
                foreach (var block in blocks)
                    if ((kept += block.Bytes) > bytes || (level != BlockLevel.Raw && block.LastMs < oldestMs))
                        gone.Add(block);
            }
        return gone.Count == 0 ? 0 : Change((_, group) => [.. group.AllBlocks.Where(gone.Contains)],
            (_, _, _, work) => [new(work.Group, [.. work.Due], [])], new(null, 0, 0), ct);
    }

    /// <summary>One group's share of a change.</summary>
    sealed record GroupWork(SeriesGroup Group, SeriesEntry[] Members, BlockInfo[][] Blocks, List<BlockInfo> Due);

    /// <summary>Changes the blocks of all groups that have something due, some groups at a time.</summary>
    /// <returns>How many raw samples fewer there are.</returns>
    long Change(Func<StoreMemory, SeriesGroup, List<BlockInfo>> due,
        Func<StoreMemory, Sealing, BlockBytesSource, GroupWork, IEnumerable<SealedGroup>> change, Share progress, CancellationToken ct)
    {
        var memory = Current();
        List<GroupWork> all;
        lock (memory.Lock)
            all = [.. memory.Groups.Values.Select(g => new GroupWork(g, [.. g.Members],
                [.. Enum.GetValues<BlockLevel>().Select(g.Blocks)], due(memory, g))).Where(g => g.Due.Count > 0)];
        long deleted = 0;
        for (int done = 0, next = 0; done < all.Count; done = next)
        {
            ct.ThrowIfCancellationRequested();
            var changes = new List<SealedGroup>();
            bool packed = WithSealing(memory, (sealing, open) =>
            {
                for (; next < all.Count && next - done < _limits.GroupsTogether && sealing.Length < _limits.SealBytes; next++)
                {
                    var work = all[next];
                    changes.AddRange(AroundDamage(() => change(memory, sealing, open, work).ToList()));
                }
            });
            if (!packed || !Commit(memory, changes, journalEnd: 0, thaw: false))
                break; // another process has changed the blocks; the next round goes on
            deleted += changes.Sum(c => RawSamples(c.Replaced) - RawSamples(c.Made.Select(b => b.Info)));
            ForgetSeries(memory, all[done..next]);
            progress.Report((double)next / all.Count);
        }
        return deleted;
    }

    static long RawSamples(IEnumerable<BlockInfo> blocks) => blocks.Where(b => b.Level == BlockLevel.Raw).Sum(b => b.Samples);

    /// <summary>Series leave with their last block.</summary>
    void ForgetSeries(StoreMemory memory, List<GroupWork> groups)
    {
        using var turn = _database.Turn();
        if (!ReferenceEquals(memory, _memory))
            return;
        var gone = new List<SeriesEntry>();
        long version = memory.Version;
        _database.Transact(connection =>
        {
            using var bytes = new BlockBytes(connection);
            lock (memory.Lock)
                foreach (var work in groups.Where(w => w.Blocks.SelectMany(b => b).Except(w.Group.AllBlocks).Any()))
                {
                    // A damaged block may hold any of them.
                    if (work.Group.AllBlocks.Any(_damaged.Contains) || Alive(work.Group, bytes) is not { } alive)
                        continue;
                    gone.AddRange(work.Group.Members.Where(m => !alive.Contains(m.Id)));
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

    /// <returns>Null when that can't be told.</returns>
    HashSet<long>? Alive(SeriesGroup group, BlockBytes bytes)
    {
        var alive = new HashSet<long>();
        try
        {
            foreach (var block in group.AllBlocks)
            {
                bytes.Open(block, whole: false);
                foreach (var column in new BlockPart(block, bytes).Directory.Columns)
                    alive.Add(column.Series);
            }
        }
        catch (DamagedBlockException e)
        {
            Note(e);
            return null;
        }
        foreach (var rows in group.Head)
            for (int i = 0; i < rows.Columns.Count; i++)
                if (rows.CountOf(i) > 0)
                    alive.Add(rows.Columns[i].Id);
        return alive;
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
                deleted += group.Blocks(BlockLevel.Raw).Sum(b => b.Samples) + group.Head.Sum(r => r.Samples);
                foreach (var block in group.AllBlocks)
                    BlockTable.Delete(connection, block.Id);
                SeriesTable.Delete(connection, group.Members);
            }
            StoreState.Advance(connection);
        });
        _database.Read(Follow); // rows of the journal that name the series are passed over from now on
        return deleted;
    }

    /// <summary>A stretch of the whole progress.</summary>
    readonly record struct Share(IProgress<double>? Whole, double From, double To)
    {
        public void Report(double done) => Whole?.Report(From + ((To - From) * done));
    }
}
