using System.Reflection;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>The file can't be opened or used as monitoring.db; the message says why and what to do.</summary>
public class DatabaseException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// monitoring.db: one connection that writes, behind a lock, and a few that read. Its write-ahead log is brought to the disk
/// before a write returns: what was written survives a power cut.
/// </summary>
public sealed class Database : IDisposable
{
    /// <summary>"VIGI": tells our files from other people's.</summary>
    public const int ApplicationId = 0x56494749;

    /// <summary>Before this version a writer racing a checkpoint could lose commits.</summary>
    static readonly Version LeastSqlite = new(3, 51, 3);

    readonly SqliteConnection _writer;
    readonly WriteAheadLog _log;
    readonly SemaphoreSlim _writing = new(1, 1);
    readonly Stack<SqliteConnection> _readers = new();
    readonly Lock _readersLock = new();
    Statement? _begin, _commit;
    bool _disposed, _logIsDoubtful;

    Database(string path, SqliteConnection writer)
    {
        (Path, _writer) = (path, writer);
        // The path may have been told as a URI.
        _log = new(SQLitePCL.raw.sqlite3_db_filename(writer.Handle, "main").utf8_to_string());
        Sync = _log.Flush;
    }

    public string Path { get; }

    /// <summary>Raised when something else than samples was written and is on the disk; by the thread that wrote it.</summary>
    public event Action? Written;

    /// <summary>Brings what was committed to the disk.</summary>
    internal Action Sync { get; set; }

    /// <summary>Opens or makes the file and brings its schema up to date with the stores of these assemblies.</summary>
    /// <exception cref="DatabaseException">Not ours, damaged, made by a newer version, or not writable.</exception>
    public static Database Open(string path, TimeProvider time, params ReadOnlySpan<Assembly> stores)
    {
        SQLitePCL.Batteries_V2.Init();
        var version = Version.Parse(SQLitePCL.raw.sqlite3_libversion().utf8_to_string());
        if (version < LeastSqlite)
            throw new DatabaseException($"SQLite {version} can lose commits; {LeastSqlite} or newer is needed");
        DatabaseFiles.FinishRestore(path);
        var connection = new SqliteConnection(ConnectionString(path, SqliteOpenMode.ReadWriteCreate));
        try
        {
            connection.Open();
            CheckOwner(connection, path);
            Prepare(connection);
            Schema.Apply(connection, path, time, stores);
            return new Database(path, connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new DatabaseException($"{path} can't be used: {e.Message}. If it is damaged, `vigie restore` brings the last backup back.",
                e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs in a transaction of its own; nothing of it stays when it throws.</summary>
    /// <exception cref="StoreUnavailableException">The disk is full or fails, or the file is damaged; it may work later.</exception>
    public async ValueTask<T> WriteAsync<T>(Func<SqliteConnection, SqliteTransaction, T> work, CancellationToken ct = default)
    {
        T result = default!;
        using (await TurnAsync(ct))
            Guarded(() =>
            {
                using var transaction = _writer.BeginTransaction(deferred: false);
                result = work(_writer, transaction);
                transaction.Commit();
                Harden();
            });
        Written?.Invoke();
        return result;
    }

    public async ValueTask WriteAsync(Action<SqliteConnection, SqliteTransaction> work, CancellationToken ct = default) =>
        await WriteAsync((connection, transaction) => { work(connection, transaction); return 0; }, ct);

    /// <summary>The turn to write, of which there is one. Disposing it passes it on.</summary>
    internal async ValueTask<WriteTurn> TurnAsync(CancellationToken ct = default)
    {
        await _writing.WaitAsync(ct);
        return new(_writing);
    }

    /// <summary>The same for a thread that has nothing else to do meanwhile.</summary>
    internal WriteTurn Turn()
    {
        _writing.Wait();
        return new(_writing);
    }

    /// <summary>The turn, if nobody has it.</summary>
    internal bool TryTurn(out WriteTurn turn)
    {
        bool taken = _writing.Wait(0);
        turn = taken ? new(_writing) : default;
        return taken;
    }

    internal readonly struct WriteTurn(SemaphoreSlim writing) : IDisposable
    {
        public void Dispose() => writing.Release();
    }

    /// <summary>
    /// Like <see cref="WriteAsync(Action{SqliteConnection, SqliteTransaction}, CancellationToken)"/>, for a caller that has the
    /// turn. The path of every sample, so without the framework's transaction object.
    /// </summary>
    /// <param name="committed">Runs when others see what was written, though a power cut may still undo it.</param>
    internal void Transact(Action<SqliteConnection> work, Action? committed = null) => Guarded(() =>
    {
        _begin ??= Statement.Prepare(_writer, "BEGIN IMMEDIATE");
        _commit ??= Statement.Prepare(_writer, "COMMIT");
        _begin.Run();
        try
        {
            work(_writer);
            _commit.Run();
        }
        catch
        {
            // SQLite has rolled back by itself after some errors; after the others it is done here.
            if (SQLitePCL.raw.sqlite3_get_autocommit(_writer.Handle) == 0)
                Execute(_writer, "ROLLBACK");
            throw;
        }
        committed?.Invoke();
        Harden();
    });

    void Harden()
    {
        try
        {
            Sync();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system tells of a failure once, and may then forget what it could not write.
            _logIsDoubtful = true;
            throw new StoreUnavailableException($"{Path} can't be written now: {e.Message}", e);
        }
    }

    /// <summary>
    /// After a failure, whatever is appended to the log could be lost with what failed. So all of it goes to the database first,
    /// and the log begins anew.
    /// </summary>
    void LeaveDoubtfulLog()
    {
        if (Scalar<int>(_writer, "PRAGMA wal_checkpoint(TRUNCATE)") != 0)
            throw new StoreUnavailableException($"{Path} can't be written now: its log has failed, and is being read");
        _logIsDoubtful = false;
    }

    void Guarded(Action work)
    {
        if (_disposed)
            throw new StoreUnavailableException($"{Path} is closed: the hub is stopping");
        try
        {
            if (_logIsDoubtful)
                LeaveDoubtfulLog();
            work();
        }
        catch (SqliteException e) when (IsOutside(e))
        {
            throw new StoreUnavailableException($"{Path} can't be written now: {e.Message}", e);
        }
    }

    /// <summary>Whether it is the disk, the file or another process that fails, and not a statement of ours.</summary>
    static bool IsOutside(SqliteException e) => e.SqliteErrorCode is SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR
        or SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED or SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN
        or SQLitePCL.raw.SQLITE_PROTOCOL or SQLitePCL.raw.SQLITE_NOMEM or SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB;

    /// <summary>Runs outside any transaction on the writing connection: vacuum, checkpoint.</summary>
    /// <exception cref="StoreUnavailableException">The disk is full or fails; nothing of the content is lost by it.</exception>
    public async ValueTask MaintainAsync(Action<SqliteConnection> work, CancellationToken ct = default)
    {
        using var turn = await TurnAsync(ct);
        Guarded(() => work(_writer));
    }

    /// <summary>Reads one consistent state, while others write.</summary>
    /// <exception cref="StoreUnavailableException">The disk fails, or is so full that not even a query's marks can be written.</exception>
    /// <exception cref="DatabaseException">The file is damaged at a place that was read.</exception>
    public T Read<T>(Func<SqliteConnection, T> work)
    {
        SqliteConnection? connection = null;
        lock (_readersLock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _readers.TryPop(out connection);
        }
        try
        {
            connection ??= OpenReader();
            using var transaction = connection.BeginTransaction(deferred: true);
            return work(connection);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            throw new DatabaseException($"{Path} is damaged: {e.Message}. `vigie restore` brings the last backup back.", e);
        }
        catch (SqliteException e) when (IsOutside(e) && e.SqliteErrorCode != SQLitePCL.raw.SQLITE_READONLY) // that is a reader that writes
        {
            throw new StoreUnavailableException($"{Path} can't be read now: {e.Message}", e);
        }
        finally
        {
            if (connection is not null)
                lock (_readersLock)
                {
                    if (_disposed || _readers.Count >= 8)
                        connection.Dispose();
                    else
                        _readers.Push(connection);
                }
        }
    }

    SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(ConnectionString(Path, SqliteOpenMode.ReadWrite));
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout=5000; PRAGMA query_only=ON; PRAGMA cache_size=-2048; PRAGMA temp_store=MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _writing.Wait();
        lock (_readersLock)
        {
            _disposed = true;
            while (_readers.TryPop(out var reader))
                reader.Dispose();
        }
        _begin?.Dispose();
        _commit?.Dispose();
        _log.Dispose();
        _writer.Dispose();
        _writing.Release();
    }

    internal static string ConnectionString(string path, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ToString();

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal static T Scalar<T>(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)Convert.ChangeType(command.ExecuteScalar()!, typeof(T));
    }

    static void CheckOwner(SqliteConnection connection, string path)
    {
        // In this order: another process that makes the same file sets the number before it makes tables.
        bool isEmpty = Scalar<int>(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        int id = Scalar<int>(connection, "PRAGMA application_id");
        if (id == ApplicationId)
            return;
        if (id != 0 || !isEmpty)
            throw new DatabaseException($"{path} is a database of another program; choose another data folder with --data");
        Execute(connection, $"PRAGMA auto_vacuum=INCREMENTAL; PRAGMA application_id={ApplicationId}");
    }

    /// <summary>
    /// A pragma that SQLite doesn't like is ignored in silence, so each is read back. With synchronous=NORMAL it brings the log to
    /// the disk before a checkpoint and when it begins anew; after a commit we do.
    /// </summary>
    static void Prepare(SqliteConnection connection)
    {
        foreach (var (pragma, set, expected) in new[]
                 {
                     ("busy_timeout", "5000", "5000"), ("journal_mode", "WAL", "wal"), ("synchronous", "NORMAL", "1"),
                     ("foreign_keys", "ON", "1"), ("temp_store", "MEMORY", "2"), ("cache_size", "-4096", "-4096"),
                 })
        {
            Execute(connection, $"PRAGMA {pragma}={set}");
            string got = Scalar<string>(connection, $"PRAGMA {pragma}");
            if (got != expected)
                throw new DatabaseException($"SQLite keeps {pragma}={got} where {expected} is needed; the file system may not allow it");
        }
    }
}
