using Dapper;
using Vigie.Storage;

namespace Vigie.Hub.Alerts.Groups;

/// <summary>The imported groups, each as the text it was imported with, as rows of monitoring.db.</summary>
sealed class RuleGroupStore(Database database, TimeProvider time) : IStoreSchema
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 rule groups", """
            CREATE TABLE rule_group(name TEXT PRIMARY KEY, changed_ms INTEGER NOT NULL, definition TEXT NOT NULL) STRICT;
            """),
    ];

    /// <summary>Name and text of each group, by name.</summary>
    public IReadOnlyList<(string Name, string Definition)> Definitions() => database.Read(connection =>
        (IReadOnlyList<(string, string)>)[.. connection.Query<(string, string)>("SELECT name, definition FROM rule_group ORDER BY name")]);

    public IReadOnlyList<RuleGroup> All() => [.. Definitions().SelectMany(d => RuleFile.Parse(d.Definition, $"the group {d.Name}"))];

    /// <summary>A group takes the place of one of the same name.</summary>
    public async Task PutAsync(IReadOnlyList<RuleGroup> groups, CancellationToken ct) =>
        await database.WriteAsync((connection, transaction) =>
        {
            foreach (var group in groups)
            {
                connection.Execute("""
                    INSERT INTO rule_group VALUES(@Name, @now, @definition)
                    ON CONFLICT DO UPDATE SET changed_ms = excluded.changed_ms, definition = excluded.definition
                    """,
                    new { group.Name, now = time.GetUtcNow().ToUnixTimeMilliseconds(), definition = RuleFileWriter.Write([group]) },
                    transaction);
            }
        }, ct);

    public async Task<bool> RemoveAsync(string name, CancellationToken ct) => await database.WriteAsync((connection, transaction) =>
        connection.Execute("DELETE FROM rule_group WHERE name = @name", new { name }, transaction) > 0, ct);
}
