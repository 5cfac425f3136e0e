using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Vigie.Storage;

namespace Vigie.Hub.Accounts;

/// <summary>What a token allows. The names are persisted.</summary>
enum TokenScope
{
    /// <summary>Send samples, read nothing.</summary>
    Write,

    /// <summary>Read pages, charts and queries.</summary>
    Read,

    /// <summary>Everything.</summary>
    Admin,
}

sealed record Token(string Name, TokenScope Scope, DateTimeOffset Created, DateTimeOffset? LastUsed);

/// <summary>Tokens for programs. Only their SHA-256 is stored: a token has 256 random bits, so a slow hash would add nothing.</summary>
sealed class TokenStore(Database database, TimeProvider time) : IStoreSchema
{
    const string Prefix = "vigie_";
    const long UsedEveryMs = 60_000;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 tokens", """
            CREATE TABLE token(name TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, scope TEXT NOT NULL, created_ms INTEGER NOT NULL, used_ms INTEGER) STRICT;
            """),
    ];

    /// <summary>The token itself, shown this once. Null when the name is taken.</summary>
    public async Task<string?> CreateAsync(string name, TokenScope scope, CancellationToken ct = default)
    {
        string token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        bool added = await database.WriteAsync((connection, transaction) => connection.Execute(
            "INSERT INTO token VALUES(@name, @hash, @scope, @now, NULL) ON CONFLICT DO NOTHING",
            new { name, hash = Hash(token), scope = Text(scope), now = Now }, transaction) > 0, ct);
        return added ? token : null;
    }

    public IReadOnlyList<Token> All() => database.Read(connection => connection
        .Query<(string Name, string Scope, long Created, long? Used)>("SELECT name, scope, created_ms, used_ms FROM token ORDER BY name")
        .Select(t =>
            new Token(t.Name, Parse(t.Scope), DateTimeOffset.FromUnixTimeMilliseconds(t.Created),
                t.Used is { } used ? DateTimeOffset.FromUnixTimeMilliseconds(used) : null))
        .ToList());

    public async Task<bool> RevokeAsync(string name, CancellationToken ct = default) =>
        await database.WriteAsync((connection, transaction) =>
            connection.Execute("DELETE FROM token WHERE name = @name", new { name }, transaction) > 0, ct);

    public async ValueTask<(string Name, TokenScope Scope)?> CheckAsync(string token, CancellationToken ct)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal) || token.Length > 200)
            return null;
        byte[] hash = Hash(token);
        var (name, scope, used) = database.Read(connection =>
            connection.QuerySingleOrDefault<(string?, string, long?)>("SELECT name, scope, used_ms FROM token WHERE hash = @hash",
                new { hash }));
        if (name is null)
            return null;
        long now = Now;
        if (used is null || now - used > UsedEveryMs)
        {
            try
            {
                await database.WriteAsync((connection, transaction) =>
                {
                    connection.Execute("UPDATE token SET used_ms = @now WHERE hash = @hash", new { now, hash }, transaction);
                }, ct);
            }
            catch (Core.Metrics.StoreUnavailableException)
            {
                // A full disk must not lock readers out; the time of last use is a courtesy.
            }
        }
        return (name, Parse(scope));
    }

    long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public static string Text(TokenScope scope) => scope.ToString().ToLowerInvariant();

    static TokenScope Parse(string text) => Enum.Parse<TokenScope>(text, ignoreCase: true);
}
