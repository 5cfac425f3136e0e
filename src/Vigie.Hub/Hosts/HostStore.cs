using System.Text.Json;
using Dapper;
using Vigie.Storage;

namespace Vigie.Hub.Hosts;

/// <summary>The hosts, as rows of monitoring.db.</summary>
sealed class HostStore(Database database) : IStoreSchema
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 hosts", """
            CREATE TABLE host(name TEXT PRIMARY KEY, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, attributes TEXT NOT NULL) STRICT;
            -- one row: until when a hub was known to run, so that its own absence is not taken for the hosts'
            CREATE TABLE hub_alive(id INTEGER PRIMARY KEY CHECK (id = 1), time_ms INTEGER NOT NULL) STRICT;
            """),
    ];

    public IReadOnlyList<Host> All() => database.Read(connection => connection
        .Query<(string Name, long FirstMs, long LastMs, string Attributes)>(
            "SELECT name, first_ms, last_ms, attributes FROM host ORDER BY name")
        .Select(h => new Host(h.Name, h.FirstMs, h.LastMs, JsonSerializer.Deserialize<Dictionary<string, string>>(h.Attributes)!))
        .ToList());

    public async Task SaveAsync(IReadOnlyCollection<Host> hosts, CancellationToken ct) =>
        await database.WriteAsync((connection, transaction) =>
        {
            foreach (var host in hosts)
                connection.Execute("""
                    INSERT INTO host VALUES(@Name, @FirstMs, @LastMs, @attributes)
                    ON CONFLICT DO UPDATE SET last_ms = max(last_ms, excluded.last_ms), attributes = excluded.attributes
                    """, new { host.Name, host.FirstMs, host.LastMs, attributes = JsonSerializer.Serialize(host.Attributes) }, transaction);
        }, ct);

    public async Task DeleteAsync(string name, CancellationToken ct) =>
        await database.WriteAsync((connection, transaction) =>
            {
                connection.Execute("DELETE FROM host WHERE name = @name", new { name }, transaction);
            }, ct);

    public long? AliveMs() => database.Read(connection => connection.ExecuteScalar<long?>("SELECT time_ms FROM hub_alive"));

    public async Task SetAliveAsync(long nowMs, CancellationToken ct) => await database.WriteAsync((connection, transaction) =>
    {
        connection.Execute("INSERT INTO hub_alive VALUES(1, @nowMs) ON CONFLICT DO UPDATE SET time_ms = excluded.time_ms",
            new { nowMs }, transaction);
    }, ct);
}
