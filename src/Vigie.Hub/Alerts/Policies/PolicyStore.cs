using Dapper;
using Vigie.Storage;

namespace Vigie.Hub.Alerts.Policies;

/// <summary>A policy as it was applied.</summary>
sealed record AppliedPolicy(long Id, DateTimeOffset At, string By, string Text);

/// <summary>The policies that were applied, each as its text; the newest is in force, and the others are its history.</summary>
sealed class PolicyStore(Database database, TimeProvider time) : IStoreSchema
{
    const int Kept = 100;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 policies", """
            CREATE TABLE policy(id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL) STRICT;
            """),
    ];

    /// <summary>The number of the one in force; 0 when there is none.</summary>
    public long Newest() => database.Read(connection => connection.ExecuteScalar<long>("SELECT coalesce(max(id), 0) FROM policy"));

    public AppliedPolicy? Current() => History(1).FirstOrDefault();

    /// <summary>The newest first.</summary>
    public IReadOnlyList<AppliedPolicy> History(int most) => database.Read(connection => (IReadOnlyList<AppliedPolicy>)
    [
        .. connection.Query<(long Id, long AtMs, string By, string Text)>(
            "SELECT id, at_ms, author, text FROM policy ORDER BY id DESC LIMIT @most", new { most })
            .Select(p => new AppliedPolicy(p.Id, DateTimeOffset.FromUnixTimeMilliseconds(p.AtMs), p.By, p.Text)),
    ]);

    public async Task PutAsync(string text, string by, CancellationToken ct) => await database.WriteAsync((connection, transaction) =>
    {
        connection.Execute("INSERT INTO policy(at_ms, author, text) VALUES(@now, @by, @text)",
            new { now = time.GetUtcNow().ToUnixTimeMilliseconds(), by, text }, transaction);
        connection.Execute("DELETE FROM policy WHERE id <= (SELECT max(id) FROM policy) - @Kept", new { Kept }, transaction);
    }, ct);
}
