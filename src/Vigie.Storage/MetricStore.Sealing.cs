using Microsoft.Data.Sqlite;

namespace Vigie.Storage;

public sealed partial class MetricStore
{
    /// <summary>More for a large fleet: blocks of a few instants would be packed again and again.</summary>
    long HeadLimit => Math.Max(_limits.HeadSamples, 8L * _memory.Index.Count);

    /// <summary>Whether there is so much in the head, or so old, that it should be sealed. A clock that was set back counts as age.</summary>
    public bool SealIsDue => _memory.HeadSamples > HeadLimit
        || (_memory.OldestRow is { } oldest && (_time.GetUtcNow() - oldest).Duration() > _limits.HeadAge && _memory.HeadSamples > 0);

    /// <summary>
    /// Packs the head into blocks and deletes the journal's rows that held it. Groups are frozen as their turn comes, so that what
    /// one leaves is filled by the next: frozen all at once, a large fleet would have its head in memory twice. What a group has
    /// taken meanwhile is in its block and in a row that stays. That one is replayed at the next start, and so are all rows when
    /// this is killed: what is in a block already falls together with it. What falls into a damaged block gets one beside it.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The disk is full or fails: the samples stay in the journal.</exception>
    public async Task SealAsync(CancellationToken ct)
    {
        await _sealing.WaitAsync(ct);
        try
        {
            await Task.Run(() => Seal(ct), ct);
        }
        finally
        {
            _sealing.Release();
        }
    }

    /// <summary>Leaves to the collector what the next sealing and the head after it would use again. To be called at rest.</summary>
    public void ReleaseBuffers()
    {
        if (!_sealing.Wait(0))
            return;
        try
        {
            _packing.Release();
            HeadPool.Clear();
        }
        finally
        {
            _sealing.Release();
        }
    }

    void Seal(CancellationToken ct)
    {
        var memory = Current();
        List<SeriesGroup> groups;
        long end;
        lock (memory.Lock)
        {
            groups = [.. memory.Groups.Values.Where(g => g.Live is not null || g.Frozen.Count > 0)];
            end = memory.JournalEnd;
        }
        for (int done = 0; done < groups.Count;)
        {
            ct.ThrowIfCancellationRequested();
            if (Pack(memory, groups, ref done) is not { } some)
                return;
            if (!Commit(memory, some, journalEnd: done == groups.Count ? end : 0))
                return; // another process has changed the blocks: the new picture has the samples from the journal
        }
    }

    /// <summary>The picture as the file is now.</summary>
    StoreMemory Current()
    {
        using var turn = _database.Turn();
        _database.Read(Follow);
        return _memory;
    }

    /// <returns>Null when another process has changed the blocks.</returns>
    List<SealedGroup>? Pack(StoreMemory memory, List<SeriesGroup> groups, ref int done)
    {
        int from = done;
        var some = new List<SealedGroup>();
        bool packed = WithSealing(memory, (sealing, open) =>
        {
            for (; sealing.Length < _limits.SealBytes && from < groups.Count; from++)
            {
                var group = Freeze(memory, groups[from]);
                some.Add(AroundDamage(() => sealing.Seal(group with { Blocks = _damaged.Without(group.Blocks) }, open)));
            }
        });
        done = from;
        return packed ? some : null;
    }

    static FrozenGroup Freeze(StoreMemory memory, SeriesGroup group)
    {
        lock (memory.Lock)
        {
            group.Freeze();
            return new(group, group.Frozen, [.. group.Members], group.Blocks(BlockLevel.Raw));
        }
    }

    /// <summary>Works on one state of the file, in which all blocks of the picture are there; false when it is another state.</summary>
    bool WithSealing(StoreMemory memory, Action<Sealing, BlockBytesSource> work) => _database.Read(connection =>
    {
        if (StoreState.Version(connection) != memory.Version)
            return false;
        var bytes = new List<BlockBytes>();
        BlockBytes Open(BlockInfo block, int slot)
        {
            while (bytes.Count <= slot)
                bytes.Add(new(connection));
            bytes[slot].Open(block, whole: true);
            return bytes[slot];
        }
        try
        {
            _packing.Begin();
            work(_packing, Open);
        }
        finally
        {
            bytes.ForEach(b => b.Dispose());
        }
        return true;
    });

    /// <summary>Puts blocks in the place of others, in one transaction.</summary>
    /// <param name="journalEnd">The last row of the journal that is not needed any more; 0 while some of it is.</param>
    /// <param name="thaw">The groups' frozen rows are in the blocks.</param>
    bool Commit(StoreMemory memory, List<SealedGroup> groups, long journalEnd, bool thaw = true)
    {
        using var turn = _database.Turn();
        bool current = true;
        long version = 0;
        Numbers next = default;
        var made = new List<(SealedGroup Group, List<BlockInfo> Blocks)>();
        _database.Transact(connection =>
        {
            current = ReferenceEquals(memory, _memory) && StoreState.Version(connection) == memory.Version;
            if (!current)
                return;
            next = memory.Next;
            foreach (var group in groups)
                made.Add((group, Write(connection, group, ref next)));
            if (journalEnd > 0)
            {
                JournalTable.DeleteThrough(connection, journalEnd);
                next = next with { JournalRow = Math.Max(next.JournalRow, journalEnd + 1) };
            }
            StoreState.Write(connection, next);
            version = StoreState.Advance(connection);
        });
        if (!current)
            return false;
        lock (memory.Lock)
        {
            foreach (var (group, blocks) in made)
            {
                if (thaw)
                    memory.HeadSamples -= group.Group.Thaw();
                group.Group.Replace(group.Replaced, blocks);
            }
            if (journalEnd > 0)
                memory.OldestRow = memory.HeadSamples > 0 ? _time.GetUtcNow() : null;
            memory.Next = next;
            memory.Advance(version);
        }
        return true;
    }

    List<BlockInfo> Write(SqliteConnection connection, SealedGroup group, ref Numbers next)
    {
        foreach (var old in group.Replaced)
            BlockTable.Delete(connection, old.Id);
        var blocks = new List<BlockInfo>(group.Made.Count);
        foreach (var block in group.Made)
        {
            var info = block.Info with { Id = next.Block };
            next = next with { Block = next.Block + 1 };
            BlockTable.Insert(connection, info, _packing.BytesOf(block));
            blocks.Add(info);
        }
        return blocks;
    }
}
