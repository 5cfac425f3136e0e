using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Vigie.Storage;

/// <summary>A statement without the framework's wrapping: the journal and the blocks are written through it.</summary>
sealed class Statement : IDisposable
{
    readonly sqlite3 _database;
    readonly sqlite3_stmt _statement;

    Statement(sqlite3 database, sqlite3_stmt statement) => (_database, _statement) = (database, statement);

    public static Statement Prepare(SqliteConnection connection, string sql)
    {
        var database = connection.Handle!;
        Check(database, raw.sqlite3_prepare_v2(database, sql, out var statement));
        return new(database, statement);
    }

    public void Bind(int parameter, long value) => Check(_database, raw.sqlite3_bind_int64(_statement, parameter, value));

    /// <summary>The bytes are copied.</summary>
    public void Bind(int parameter, ReadOnlySpan<byte> bytes) => Check(_database, raw.sqlite3_bind_blob(_statement, parameter, bytes));

    public void Run()
    {
        int code = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement);
        if (code is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
            Check(_database, code);
    }

    /// <summary>Moves to the next row; false after the last one, and then it can be run again.</summary>
    public bool Next()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        raw.sqlite3_reset(_statement);
        if (code != raw.SQLITE_DONE)
            Check(_database, code);
        return false;
    }

    public void Reset() => raw.sqlite3_reset(_statement);

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    public double Real(int column) => raw.sqlite3_column_double(_statement, column);

    /// <summary>Valid until the statement moves.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    static void Check(sqlite3 database, int code)
    {
        if (code != raw.SQLITE_OK)
            throw new SqliteException(raw.sqlite3_errmsg(database).utf8_to_string(), code & 0xff, code);
    }

    public void Dispose() => _statement.Dispose();
}
