using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Hub.Accounts;
using Vigie.Storage;

namespace Vigie.Hub.Enrolment;

/// <summary>
/// Tokens by which new servers get a credential of their own: each works for some servers and some time. Only their SHA-256 is stored.
/// </summary>
sealed class EnrolmentStore(Database database, TimeProvider time) : IStoreSchema
{
    const string Prefix = "enroll_";
    const int Longest = 200;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 enrolment", """
            CREATE TABLE enrolment(hash BLOB PRIMARY KEY, uses INTEGER NOT NULL, expires_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            """),
    ];

    /// <summary>Whether a text looks like one of these tokens.</summary>
    public static bool Is(string token) => token.StartsWith(Prefix, StringComparison.Ordinal) && token.Length <= Longest;

    /// <summary>A token for that many servers, shown this once.</summary>
    public async Task<string> CreateAsync(int uses, TimeSpan life, CancellationToken ct = default)
    {
        string token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        await database.WriteAsync((connection, transaction) =>
        {
            Clean(connection, transaction);
            connection.Execute("INSERT INTO enrolment VALUES(@hash, @uses, @expires)",
                new { hash = Hash(token), uses, expires = (time.GetUtcNow() + life).ToUnixTimeMilliseconds() }, transaction);
        }, ct);
        return token;
    }

    /// <summary>
    /// Exchanges an enrolment token for a credential that may send samples of that server alone, and is named after it; one use of it is gone. Null when it
    /// is unknown, used up or too old.
    /// </summary>
    public async Task<string?> RedeemAsync(string token, string host, CancellationToken ct = default)
    {
        if (!Is(token))
            return null;
        return await database.WriteAsync((connection, transaction) =>
        {
            Clean(connection, transaction);
            return connection.Execute("UPDATE enrolment SET uses = uses - 1 WHERE hash = @hash", new { hash = Hash(token) }, transaction) == 0
                ? null
                : TokenStore.Create(connection, transaction, host, TokenScope.Write, time.GetUtcNow(), host);
        }, ct);
    }

    /// <summary>Ends all that are open. Credentials that were given out stay.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RevokeAllAsync(CancellationToken ct = default) => await database.WriteAsync((connection, transaction) =>
    {
        Clean(connection, transaction);
        return connection.Execute("DELETE FROM enrolment", transaction: transaction);
    }, ct);

    void Clean(SqliteConnection connection, SqliteTransaction transaction) => connection.Execute(
        "DELETE FROM enrolment WHERE uses <= 0 OR expires_ms <= @now", new { now = time.GetUtcNow().ToUnixTimeMilliseconds() }, transaction);

    static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
