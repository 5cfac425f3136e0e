using Dapper;
using Microsoft.AspNetCore.Identity;
using Vigie.Storage;

namespace Vigie.Hub.Accounts;

/// <summary>A person who may log in.</summary>
/// <param name="Stamp">Changes with the password, so that sessions of the old one end.</param>
sealed record User(string Name, string PasswordHash, string Stamp);

/// <summary>People and their password hashes (PBKDF2 by ASP.NET Core's hasher).</summary>
sealed class UserStore(Database database, TimeProvider time) : IStoreSchema
{
    public const int LeastPasswordLength = 10;

    static readonly PasswordHasher<User> Hasher = new();

    /// <summary>Checked when no such user exists, so that the answer takes as long as with one.</summary>
    static readonly User Nobody = Hash("nobody", Guid.NewGuid().ToString());

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 users", """
            CREATE TABLE user(name TEXT PRIMARY KEY COLLATE NOCASE, password_hash TEXT NOT NULL, stamp TEXT NOT NULL, created_ms INTEGER NOT NULL) STRICT;
            """),
    ];

    public IReadOnlyList<string> Names() =>
        database.Read(connection => connection.Query<string>("SELECT name FROM user ORDER BY name").AsList());

    public User? Find(string name) => database.Read(connection =>
        connection.QuerySingleOrDefault<User>(
            "SELECT name AS Name, password_hash AS PasswordHash, stamp AS Stamp FROM user WHERE name = @name",
            new { name }));

    /// <summary>Adds the user, or gives an existing one a new password.</summary>
    public async Task SetAsync(string name, string password, CancellationToken ct = default)
    {
        var user = Hash(name, password);
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await database.WriteAsync((connection, transaction) =>
        {
            connection.Execute("""
                INSERT INTO user VALUES(@Name, @PasswordHash, @Stamp, @now)
                ON CONFLICT DO UPDATE SET password_hash = excluded.password_hash, stamp = excluded.stamp
                """, new { user.Name, user.PasswordHash, user.Stamp, now }, transaction);
        }, ct);
    }

    public async Task<bool> RemoveAsync(string name, CancellationToken ct = default) =>
        await database.WriteAsync((connection, transaction) =>
            connection.Execute("DELETE FROM user WHERE name = @name", new { name }, transaction) > 0, ct);

    public User? Check(string name, string password)
    {
        var user = Find(name);
        var verdict = Hasher.VerifyHashedPassword(user ?? Nobody, (user ?? Nobody).PasswordHash, password);
        return verdict == PasswordVerificationResult.Failed ? null : user;
    }

    static User Hash(string name, string password)
    {
        var user = new User(name, "", Guid.NewGuid().ToString("N"));
        return user with { PasswordHash = Hasher.HashPassword(user, password) };
    }
}
