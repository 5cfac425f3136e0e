using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Vigie.Storage;

/// <summary>What a check of a database file found.</summary>
public sealed record FileReport(string Path, long Bytes, long Series, long Samples, DateTimeOffset? First, DateTimeOffset? Last);

/// <summary>Backup, restore and check of monitoring.db as a file.</summary>
public static class DatabaseFiles
{
    const string Restoring = ".restoring";

    static readonly string[] LogSuffixes = ["-wal", "-shm", "-journal"];

    /// <summary>
    /// Copies the database while it is written to, checks the copy, and only then puts it in place of the last backup,
    /// which moves to <c>NAME.1.db</c> and so on.
    /// </summary>
    /// <param name="keep">How many older backups stay beside the newest.</param>
    public static FileReport Backup(string database, string backup, int keep, IProgress<double>? progress, CancellationToken ct = default)
    {
        if (!File.Exists(database))
            throw new DatabaseException($"{database} does not exist; `vigie init` makes it");
        if (Path.GetFullPath(backup) == Path.GetFullPath(database))
            throw new DatabaseException($"{backup} is the running database itself; name another file");
        string part = backup + ".part";
        try
        {
            Remove(part);
            CopyPages(database, part, progress, ct);
            var report = Verify(part);
            Rotate(backup, keep);
            File.Move(part, backup, overwrite: true);
            return report with { Path = backup };
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new DatabaseException($"no backup was made: {e.Message}", e);
        }
        finally
        {
            Remove(part);
        }
    }

    /// <summary>
    /// Puts a checked copy of the backup in the database's place. The replaced database stays beside it. No hub may have
    /// it open: the caller holds the data folder's lock.
    /// </summary>
    /// <returns>The report of the backup and the path of the replaced database, null when there was none.</returns>
    public static (FileReport Report, string? Replaced) Restore(string backup, string database, DateTimeOffset now,
        IProgress<double>? progress, CancellationToken ct = default)
    {
        if (!File.Exists(backup))
            throw new DatabaseException($"{backup} does not exist; name the backup to restore");
        string incoming = database + Restoring, part = incoming + ".part";
        FileReport report;
        try
        {
            Remove(part);
            Verify(backup);
            CopyPages(backup, part, progress, ct);
            report = Verify(part);
        }
        catch (Exception e)
        {
            Remove(part);
            if (e is SqliteException or DatabaseException or IOException or UnauthorizedAccessException)
                throw new DatabaseException($"nothing was restored, and the running database was not touched: {e.Message}", e);
            throw;
        }
        File.Move(part, incoming, overwrite: true);
        string? replaced = SetAside(database, now); // from here on a kill is finished by the next start
        FinishRestore(database);
        return (report with { Path = database }, replaced);
    }

    /// <summary>Completes a restore that was killed between its last two steps.</summary>
    internal static void FinishRestore(string database)
    {
        if (File.Exists(database) || !File.Exists(database + Restoring))
            return;
        foreach (string suffix in LogSuffixes)
            if (File.Exists(database + suffix))
                // never a foreign log beside the restored file
                File.Move(database + suffix, $"{database}{suffix}.replaced", overwrite: true);
        File.Move(database + Restoring, database);
    }

    /// <summary>Reads everything: structure, ownership, series, each block and each row of the journal.</summary>
    /// <exception cref="DatabaseException">The first thing that is wrong.</exception>
    public static FileReport Verify(string path, IProgress<double>? progress = null)
    {
        Batteries_V2.Init();
        if (!File.Exists(path))
            throw new DatabaseException($"{path} does not exist");
        try
        {
            using var connection = new SqliteConnection(Database.ConnectionString(path, SqliteOpenMode.ReadOnly));
            connection.Open();
            if (connection.ExecuteScalar<long>("PRAGMA application_id") != Database.ApplicationId)
                throw new DatabaseException($"{path} is not a database of Vigie");
            string integrity = string.Join("; ", connection.Query<string>("PRAGMA integrity_check(5)"));
            if (integrity != "ok")
                throw new DatabaseException($"{path} is damaged: {integrity}");
            progress?.Report(0.2);
            return ContentCheck.Read(connection, path, progress);
        }
        catch (SqliteException e)
        {
            throw new DatabaseException($"{path} is damaged or not a database: {e.Message}", e);
        }
    }

    static void CopyPages(string from, string to, IProgress<double>? progress, CancellationToken ct)
    {
        Batteries_V2.Init();
        using var source = new SqliteConnection(Database.ConnectionString(from, SqliteOpenMode.ReadOnly));
        source.Open();
        using var target = new SqliteConnection(Database.ConnectionString(to, SqliteOpenMode.ReadWriteCreate));
        target.Open();
        Database.Execute(source, "PRAGMA busy_timeout=5000");
        // A read transaction holds one state of the database, so a busy writer can't make the copy start again for ever.
        using var snapshot = source.BeginTransaction(deferred: true);
        source.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema");
        using var copy = raw.sqlite3_backup_init(target.Handle!, "main", source.Handle!, "main");
        int step;
        do
        {
            ct.ThrowIfCancellationRequested();
            step = raw.sqlite3_backup_step(copy, 2048);
            int total = raw.sqlite3_backup_pagecount(copy);
            if (total > 0)
                progress?.Report(1 - ((double)raw.sqlite3_backup_remaining(copy) / total));
        }
        while (step == raw.SQLITE_OK);
        if (step != raw.SQLITE_DONE)
            throw new SqliteException(raw.sqlite3_errstr(step).utf8_to_string(), step);
        copy.Dispose();
        Database.Execute(target, "PRAGMA journal_mode=DELETE"); // a backup is one file, without -wal beside it
    }

    /// <summary>A half-made copy with what SQLite keeps beside it: an old journal would be played into the next copy.</summary>
    static void Remove(string part)
    {
        foreach (string suffix in (string[])["", .. LogSuffixes])
            if (File.Exists(part + suffix))
                File.Delete(part + suffix);
    }

    static void Rotate(string backup, int keep)
    {
        string Older(int n) => n == 0 ? backup : Path.ChangeExtension(backup, $".{n}{Path.GetExtension(backup)}");
        for (int n = keep; n > 0; n--)
            if (File.Exists(Older(n - 1)))
                File.Move(Older(n - 1), Older(n), overwrite: true);
    }

    static string? SetAside(string database, DateTimeOffset now)
    {
        if (!File.Exists(database))
            return null;
        string replaced = Path.Combine(Path.GetDirectoryName(database)!, $"monitoring_replaced_{now:yyyyMMdd_HHmmss}.db");
        try
        {
            using var connection = new SqliteConnection(Database.ConnectionString(database, SqliteOpenMode.ReadWrite));
            connection.Open();
            Database.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // A damaged database is what a restore is for: it is set aside as it is.
        }
        foreach (string suffix in (string[])["", .. LogSuffixes])
            if (File.Exists(database + suffix))
                File.Move(database + suffix, replaced + suffix, overwrite: true);
        return replaced;
    }
}
