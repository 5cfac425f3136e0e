using System.Reflection;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Vigie.Storage;

/// <summary>Brings a database up to the schema that the stores declare.</summary>
static class Schema
{
    public static void Apply(SqliteConnection connection, string path, TimeProvider time, ReadOnlySpan<Assembly> stores)
    {
        var known = Collect(stores);
        using var transaction = connection.BeginTransaction(deferred: false); // two processes may open a new file at once
        Database.Execute(connection, "CREATE TABLE IF NOT EXISTS migration(id TEXT PRIMARY KEY, applied_ms INTEGER NOT NULL) STRICT");
        var applied = connection.Query<string>("SELECT id FROM migration").ToHashSet(StringComparer.Ordinal);
        if (applied.FirstOrDefault(id => !known.ContainsKey(id)) is { } unknown)
            throw new DatabaseException($"{path} was made by a newer Vigie (step \"{unknown}\"); install that version, or restore an older backup");
        foreach (var (id, migration) in known.Where(m => !applied.Contains(m.Key)))
        {
            Database.Execute(connection, migration.Sql);
            connection.Execute("INSERT INTO migration VALUES(@id, @now)", new { id, now = time.GetUtcNow().ToUnixTimeMilliseconds() });
        }
        transaction.Commit();
    }

    internal static SortedDictionary<string, Migration> Collect(ReadOnlySpan<Assembly> stores)
    {
        var all = new SortedDictionary<string, Migration>(StringComparer.Ordinal);
        foreach (var assembly in (ReadOnlySpan<Assembly>)[typeof(Schema).Assembly, .. stores])
            foreach (var store in assembly.GetTypes().Where(t => !t.IsInterface && typeof(IStoreSchema).IsAssignableFrom(t)))
                foreach (var migration in (IReadOnlyList<Migration>)store.GetProperty(nameof(IStoreSchema.Migrations))!.GetValue(null)!)
                    all.Add(migration.Id, migration); // two steps of one name: our bug, and it throws
        return all;
    }
}
