using Dapper;
using Vigie.Storage;

namespace Vigie.Hub.Snapshots;

/// <summary>A document that tells how something of a host is now.</summary>
/// <param name="Json">As the host's agent has written it: not to be believed.</param>
sealed record Snapshot(string Host, string Kind, DateTimeOffset Time, byte[] Json);

/// <summary>The newest document of each host and kind. They go when their host goes.</summary>
sealed class SnapshotStore(Database database, TimeProvider time) : IStoreSchema
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 snapshots", """
            CREATE TABLE host_snapshot(host TEXT NOT NULL, kind TEXT NOT NULL, time_ms INTEGER NOT NULL, document BLOB NOT NULL,
              PRIMARY KEY (host, kind)) STRICT;
            CREATE TRIGGER forget_host_snapshot AFTER DELETE ON host BEGIN DELETE FROM host_snapshot WHERE host = old.name; END;
            """),
    ];

    public ValueTask SaveAsync(string host, string kind, ReadOnlyMemory<byte> json, CancellationToken ct) =>
        database.WriteAsync((connection, transaction) =>
        {
            connection.Execute("""
                INSERT INTO host_snapshot VALUES(@host, @kind, @now, @document)
                ON CONFLICT DO UPDATE SET time_ms = excluded.time_ms, document = excluded.document
                """, new { host, kind, now = time.GetUtcNow().ToUnixTimeMilliseconds(), document = json.ToArray() }, transaction);
        }, ct);

    public Snapshot? Find(string host, string kind) => database.Read(connection => connection
        .Query<(long TimeMs, byte[] Document)>("SELECT time_ms, document FROM host_snapshot WHERE host = @host AND kind = @kind", new { host, kind })
        .Select(s => new Snapshot(host, kind, DateTimeOffset.FromUnixTimeMilliseconds(s.TimeMs), s.Document))
        .FirstOrDefault());
}
