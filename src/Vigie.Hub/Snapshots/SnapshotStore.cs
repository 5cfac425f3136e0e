using System.IO.Compression;
using Dapper;
using Vigie.Storage;

namespace Vigie.Hub.Snapshots;

/// <summary>A document that tells how something of a host is now.</summary>
/// <param name="Json">As the host's agent has written it: not to be believed.</param>
sealed record Snapshot(string Host, string Kind, DateTimeOffset Time, byte[] Json);

/// <summary>The newest document of each host and kind. They go when their host goes.</summary>
sealed class SnapshotStore(Database database, TimeProvider time) : IStoreSchema
{
    const int WorthPacking = 4096;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 snapshots", """
            CREATE TABLE host_snapshot(host TEXT NOT NULL, kind TEXT NOT NULL, time_ms INTEGER NOT NULL, document BLOB NOT NULL,
              PRIMARY KEY (host, kind)) STRICT;
            CREATE TRIGGER forget_host_snapshot AFTER DELETE ON host BEGIN DELETE FROM host_snapshot WHERE host = old.name; END;
            """),
    ];

    /// <summary>The kind of a document that has just been stored.</summary>
    public event Action<string>? Saved;

    public async ValueTask SaveAsync(string host, string kind, ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        await database.WriteAsync((connection, transaction) =>
        {
            connection.Execute("""
                INSERT INTO host_snapshot VALUES(@host, @kind, @now, @document)
                ON CONFLICT DO UPDATE SET time_ms = excluded.time_ms, document = excluded.document
                """, new { host, kind, now = time.GetUtcNow().ToUnixTimeMilliseconds(), document = Pack(json.Span) }, transaction);
        }, ct);
        Saved?.Invoke(kind);
    }

    public Snapshot? Find(string host, string kind) => database.Read(connection => connection
        .Query<(long TimeMs, byte[] Document)>("SELECT time_ms, document FROM host_snapshot WHERE host = @host AND kind = @kind", new { host, kind })
        .Select(s => new Snapshot(host, kind, DateTimeOffset.FromUnixTimeMilliseconds(s.TimeMs), Unpack(s.Document)))
        .FirstOrDefault());

    /// <summary>When each host has told the newest document of a kind.</summary>
    public IReadOnlyList<(string Host, long TimeMs)> Times(string kind) => database.Read(connection =>
        connection.Query<(string, long)>("SELECT host, time_ms FROM host_snapshot WHERE kind = @kind ORDER BY host", new { kind }).AsList());

    /// <summary>A list of packages shrinks to an eighth; what is short stays as it is.</summary>
    static byte[] Pack(ReadOnlySpan<byte> json)
    {
        if (json.Length < WorthPacking)
            return json.ToArray();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(json);
        return packed.ToArray();
    }

    /// <summary>An object in JSON never begins as gzip does.</summary>
    static byte[] Unpack(byte[] stored)
    {
        if (stored is not [0x1f, 0x8b, ..])
            return stored;
        using var json = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress))
            gzip.CopyTo(json);
        return json.ToArray();
    }
}
