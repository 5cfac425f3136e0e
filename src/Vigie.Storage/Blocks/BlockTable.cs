using Dapper;
using Microsoft.Data.Sqlite;

namespace Vigie.Storage;

/// <summary>The tables of sealed blocks: what each holds, and its bytes.</summary>
static class BlockTable
{
    public static IEnumerable<BlockInfo> All(SqliteConnection connection) => connection
        .Query<(long Id, long Group, long Level, long First, long Last, long Rows, long Samples, long Bytes)>(
            "SELECT id, grp, level, first_ms, last_ms, instants, samples, bytes FROM block", buffered: false)
        .Select(b => new BlockInfo(b.Id, (int)b.Group, (BlockLevel)b.Level, b.First, b.Last, (int)b.Rows, b.Samples, (int)b.Bytes));

    public static void Insert(SqliteConnection connection, BlockInfo block, ReadOnlySpan<byte> bytes)
    {
        connection.Execute("INSERT INTO block VALUES(@Id, @Group, @Level, @FirstMs, @LastMs, @Rows, @Samples, @Bytes)",
            new { block.Id, block.Group, Level = (int)block.Level, block.FirstMs, block.LastMs, block.Rows, block.Samples, block.Bytes });
        using var statement = Statement.Prepare(connection, "INSERT INTO block_data VALUES(?, ?)");
        statement.Bind(1, block.Id);
        statement.Bind(2, bytes);
        statement.Run();
    }

    public static void Delete(SqliteConnection connection, long id)
    {
        connection.Execute("DELETE FROM block WHERE id = @id", new { id });
        connection.Execute("DELETE FROM block_data WHERE id = @id", new { id });
    }
}
