using Dapper;
using Microsoft.Data.Sqlite;

namespace Vigie.Storage;

/// <summary>The next unused number of each kind.</summary>
readonly record struct Numbers(long Series, int Group, long Block, long JournalRow);

/// <summary>The one row that says in which state the file is.</summary>
static class StoreState
{
    public static (long Version, Numbers Next) Read(SqliteConnection connection)
    {
        var (version, series, group, block, row) = connection.QuerySingle<(long, long, long, long, long)>(
            "SELECT version, next_series, next_group, next_block, next_row FROM store");
        return (version, new(series, (int)group, block, row));
    }

    public static long Version(SqliteConnection connection) => connection.ExecuteScalar<long>("SELECT version FROM store");

    /// <summary>The last row of the journal that was ever written.</summary>
    public static long JournalEnd(SqliteConnection connection) =>
        connection.ExecuteScalar<long>("SELECT coalesce((SELECT max(id) FROM journal), next_row - 1) FROM store");

    /// <summary>Sets the numbers, which count what was ever used. The journal's is set when rows of it are deleted.</summary>
    public static void Write(SqliteConnection connection, Numbers next) =>
        connection.Execute("UPDATE store SET next_series = @Series, next_group = @Group, next_block = @Block, next_row = @JournalRow", next);

    /// <summary>Tells every process that its picture of blocks and series is out of date.</summary>
    public static long Advance(SqliteConnection connection) =>
        connection.ExecuteScalar<long>("UPDATE store SET version = version + 1 RETURNING version");
}
