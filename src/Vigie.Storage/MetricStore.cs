using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// The samples of all hosts in monitoring.db. What is written is committed to the journal and held in memory (the head) until
/// it is sealed into blocks; what is read is the blocks and the head together, as one state.
/// </summary>
public sealed partial class MetricStore : ISampleWriter, ISeriesSource, IStoreSchema, IDisposable
{
    /// <summary>How often a read that was overtaken by a sealing begins again before it takes the writer's turn.</summary>
    const int Attempts = 5;

    readonly Database _database;
    readonly TimeProvider _time;
    readonly StoreLimits _limits;
    readonly SampleCommit _commit;
    readonly CommitQueue _queue;
    readonly SemaphoreSlim _sealing = new(1, 1);
    readonly Sealing _packing; // whoever has entered _sealing
    readonly DamagedBlocks _damaged = new();
    StoreMemory _memory;

    /// <exception cref="DatabaseException">Labels or the journal are damaged.</exception>
    public MetricStore(Database database, TimeProvider time, StoreLimits limits)
    {
        (_database, _time, _limits) = (database, time, limits);
        _commit = new(time, limits);
        _queue = new(TryCommit);
        _packing = new(limits.BlockInstants);
        _memory = database.Read(Load);
        if (database.Read(OldSamples.Exist))
            TakeOldSamples();
    }

    StoreMemory Load(SqliteConnection connection)
    {
        try
        {
            return StoreMemory.Load(connection, _time.GetUtcNow());
        }
        catch (DatabaseException e)
        {
            throw new DatabaseException($"{_database.Path} is damaged: {e.Message}. `vigie restore` brings the last backup back.", e);
        }
    }

    /// <summary>Killed in between it begins again: what is there already falls together with what comes.</summary>
    void TakeOldSamples()
    {
        try
        {
            _database.Read(TakeOldSamples);
            using var turn = _database.Turn();
            _database.Transact(OldSamples.Drop);
        }
        catch (StoreUnavailableException e)
        {
            throw new DatabaseException($"{_database.Path} can't be brought up to date: {e.Message}", e);
        }
    }

    int TakeOldSamples(SqliteConnection old)
    {
        foreach (var batch in OldSamples.Read(old))
        {
            using (_database.Turn())
                Commit([new(batch)]);
            if (SealIsDue)
                Seal(default);
        }
        return 0;
    }

    /// <summary>Raised when there is enough to seal; sealing is done by whoever owns the background.</summary>
    public event Action? SealNeeded;

    /// <summary>Like <see cref="ISampleWriter.WriteAsync"/>, but the caller goes on in a thread of the pool and may do what it likes.</summary>
    public async ValueTask<WriteResult> WriteAsync(SampleBatch batch, CancellationToken ct)
    {
        await Task.Yield();
        var result = await CommitAsync(batch, ct);
        await Task.Yield();
        return result;
    }

    ValueTask<WriteResult> ISampleWriter.WriteAsync(SampleBatch batch, CancellationToken ct) => new(CommitAsync(batch, ct));

    async Task<WriteResult> CommitAsync(SampleBatch batch, CancellationToken ct)
    {
        if (batch.Count == 0)
            return default;
        if (_memory.HeadSamples > 2L * HeadLimit)
            await SealAsync(ct); // faster than the background can seal: the senders wait, and memory stays bounded
        var waiting = new WaitingBatch(batch);
        await _queue.EnterAsync(waiting); // from here on there is no way back: the batch is being read
        if (SealIsDue)
            SealNeeded?.Invoke();
        return waiting.Result;
    }

    /// <summary>One transaction, and then the head. False when somebody else has the turn to write and this must not wait.</summary>
    bool TryCommit(IReadOnlyList<WaitingBatch> batches, bool mayWait)
    {
        Database.WriteTurn turn;
        if (mayWait)
            turn = _database.Turn();
        else if (!_database.TryTurn(out turn))
            return false;
        using (turn)
            Commit(batches);
        return true;
    }

    /// <summary>The caller has the turn to write.</summary>
    void Commit(IReadOnlyList<WaitingBatch> batches)
    {
        _database.Transact(connection =>
        {
            long oldest = OldestMs;
            _memory = _commit.Begin(connection, _memory);
            foreach (var batch in batches)
                batch.Result = _commit.Add(batch, oldest);
            _commit.Write();
        }, () => _commit.Publish(batches));
    }

    /// <exception cref="DatabaseException">A block that the answer needs is damaged.</exception>
    public async ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(SeriesSelection selection, CancellationToken ct)
    {
        var kept = new KeptSeries(selection);
        await ReadAsync(selection, kept, ct);
        return kept.Series;
    }

    /// <exception cref="DatabaseException">A block that the answer needs is damaged.</exception>
    public async ValueTask ReadAsync(SeriesSelection selection, ISeriesSink sink, CancellationToken ct) =>
        await ReadAsync(reader => reader.Read(selection, sink, ct) ? reader : null);

    public async ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct)
    {
        var found = new HashSet<Labels>();
        foreach (var selection in selections)
            found.UnionWith(await ReadAsync(reader => reader.Series(selection, ct)));
        return [.. found];
    }

    /// <summary>What is older than the history kept may still be in the file, and is not shown.</summary>
    Horizons Kept => new(OldestMs, (_time.GetUtcNow() - _limits.FiveMinutes).ToUnixTimeMilliseconds(),
        (_time.GetUtcNow() - _limits.Hour).ToUnixTimeMilliseconds());

    long OldestMs => (_time.GetUtcNow() - _limits.Raw).ToUnixTimeMilliseconds();

    /// <summary>Reads one state: the file's and the head that belongs to it.</summary>
    async ValueTask<T> ReadAsync<T>(Func<SampleReader, T?> read) where T : class
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var (memory, isCurrent, answer) = (_memory, false, default(T));
            _database.Read(connection =>
            {
                isCurrent = StoreState.Version(connection) == memory.Version && StoreState.JournalEnd(connection) <= memory.JournalEnd;
                if (isCurrent)
                {
                    var reader = new SampleReader(connection, memory, Kept, WithReader);
                    answer = Noting(() => read(reader));
                }
                return 0;
            });
            if (answer is not null)
                return answer;
            if (!isCurrent)
                using (await _database.TurnAsync())
                    _database.Read(Follow); // a commit of ours that is about to enter the head, or one of another process
        }
        using (await _database.TurnAsync())
            return _database.Read(connection =>
            {
                Follow(connection);
                var reader = new SampleReader(connection, _memory, Kept, WithReader);
                return Noting(() => read(reader)!);
            });
    }

    void WithReader(Action<SqliteConnection> work) => _database.Read(connection =>
    {
        work(connection);
        return 0;
    });

    /// <summary>Brings the picture up to date with the file. The caller has the turn to write.</summary>
    int Follow(SqliteConnection connection)
    {
        if (StoreState.Version(connection) != _memory.Version)
            _memory = Load(connection);
        else if (StoreState.JournalEnd(connection) > _memory.JournalEnd)
            lock (_memory.Lock)
                _memory.Follow(connection, _time.GetUtcNow());
        return 0;
    }

    /// <summary>When the newest sample was taken, by its own clock; null when there is none.</summary>
    public DateTimeOffset? Newest
    {
        get
        {
            lock (_memory.Lock)
            {
                long newest = _memory.Groups.Values.SelectMany(g => g.Head.Select(r => r.LastMs)
                    .Concat(g.AllBlocks.Select(b => b.LastMs))).DefaultIfEmpty(long.MinValue).Max();
                return newest == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(newest);
            }
        }
    }

    /// <summary>What each metric is, by stored name.</summary>
    public IReadOnlyDictionary<string, MetricInfo> Metrics() => _database.Read(SeriesTable.Metrics);

    /// <summary>Series, and samples: one that is in the head and in a block counts twice until the head is sealed.</summary>
    public (long Series, long Samples) Count()
    {
        lock (_memory.Lock)
            return (_memory.Index.Count,
                _memory.HeadSamples + _memory.Groups.Values.Sum(g => g.Blocks(BlockLevel.Raw).Sum(b => b.Samples)));
    }

    public void Dispose()
    {
        _queue.Dispose();
        _commit.Dispose();
        _sealing.Dispose();
    }
}
