using Microsoft.Data.Sqlite;

namespace Vigie.Storage;

/// <summary>The table of commits whose samples are not all in blocks yet: a row each.</summary>
static class JournalTable
{
    /// <summary>The rows behind that one, in order.</summary>
    public static IEnumerable<(long Id, byte[] Row)> After(SqliteConnection connection, long id)
    {
        using var statement = Statement.Prepare(connection, "SELECT id, data FROM journal WHERE id > ? ORDER BY id");
        statement.Bind(1, id);
        while (statement.Next())
            yield return (statement.Integer(0), statement.Blob(1).ToArray());
    }

    public static void DeleteThrough(SqliteConnection connection, long id)
    {
        using var statement = Statement.Prepare(connection, "DELETE FROM journal WHERE id <= ?");
        statement.Bind(1, id);
        statement.Run();
    }
}
