using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
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

    /// <summary>Tell how one job went, by an address that holds the token; nothing else.</summary>
    Push,
}

/// <param name="Host">The one host it may speak for; null for all.</param>
sealed record Token(string Name, TokenScope Scope, DateTimeOffset Created, DateTimeOffset? LastUsed, string? Host);

/// <summary>Tokens for programs. Only their SHA-256 is stored: a token has 256 random bits, so a slow hash would add nothing.</summary>
sealed class TokenStore(Database database, TimeProvider time) : IStoreSchema
{
    const string Prefix = "vigie_";
    const int Longest = 200;

    /// <summary>The time of last use is stored once a minute; with it those of other tokens that will be due soon.</summary>
    const long UsedEveryMs = 60_000, TogetherMs = 30_000;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 tokens", """
            CREATE TABLE token(name TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, scope TEXT NOT NULL, created_ms INTEGER NOT NULL, used_ms INTEGER) STRICT;
            """),
        new("2026-11-24 tokens revoked", """
            -- one row: how many tokens were ever revoked, so that a process learns cheaply that another one has revoked some
            CREATE TABLE token_revoked(id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL) STRICT;
            INSERT INTO token_revoked VALUES(1, 0);
            CREATE TRIGGER count_token_revoked AFTER DELETE ON token BEGIN UPDATE token_revoked SET count = count + 1; END;
            """),
        new("2026-11-24 tokens of one host", "ALTER TABLE token ADD COLUMN host TEXT;"),
        new("2026-11-24 tokens renewed", """
            -- the token that takes this one's place as soon as it is used
            ALTER TABLE token ADD COLUMN next_hash BLOB;
            CREATE UNIQUE INDEX token_next_hash ON token(next_hash);
            """),
    ];

    readonly TokenCache _cache = new(time);

    /// <summary>The token itself, shown this once. Null when the name is taken.</summary>
    /// <param name="host">The one host it may speak for; null for all.</param>
    public async Task<string?> CreateAsync(string name, TokenScope scope, CancellationToken ct = default, string? host = null)
    {
        string token = NewToken();
        return await database.WriteAsync((connection, transaction) =>
            TryInsert(connection, transaction, name, token, scope, time.GetUtcNow(), host), ct) ? token : null;
    }

    /// <summary>The same inside a transaction of the caller's. A name that is taken gets a number behind it.</summary>
    public static string Create(SqliteConnection connection, SqliteTransaction transaction, string name, TokenScope scope, DateTimeOffset now,
        string? host = null)
    {
        string token = NewToken();
        for (int number = 1; ; number++)
            if (TryInsert(connection, transaction, number == 1 ? name : $"{name} ({number})", token, scope, now, host))
                return token;
    }

    static bool TryInsert(SqliteConnection connection, SqliteTransaction transaction, string name, string token, TokenScope scope,
        DateTimeOffset now, string? host) => connection.Execute(
            "INSERT INTO token(name, hash, scope, created_ms, host) VALUES(@name, @hash, @scope, @now, @host) ON CONFLICT DO NOTHING",
            new { name, host, hash = Hash(token), scope = Text(scope), now = now.ToUnixTimeMilliseconds() }, transaction) > 0;

    static string NewToken() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public IReadOnlyList<Token> All() => database.Read(connection => connection
        .Query<(string Name, string Scope, long Created, long? Used, string? Host)>(
            "SELECT name, scope, created_ms, used_ms, host FROM token ORDER BY name")
        .Select(t =>
            new Token(t.Name, Parse(t.Scope), DateTimeOffset.FromUnixTimeMilliseconds(t.Created),
                t.Used is { } used ? DateTimeOffset.FromUnixTimeMilliseconds(used) : null, t.Host))
        .ToList());

    /// <summary>Another token in the place of one, which works until the other is used; null when it is none. Asked twice, the last counts.</summary>
    public async Task<string?> RenewAsync(string token, CancellationToken ct)
    {
        string renewed = NewToken();
        return await database.WriteAsync((connection, transaction) => connection.Execute("UPDATE token SET next_hash = @next WHERE hash = @hash",
            new { next = Hash(renewed), hash = Hash(token) }, transaction) > 0, ct) ? renewed : null;
    }

    /// <summary>The first use of a renewed token ends the one before.</summary>
    async Task PromoteAsync(TokenHash hash, CancellationToken ct)
    {
        try
        {
            await database.WriteAsync((connection, transaction) =>
            {
                connection.Execute("""
                    UPDATE token SET hash = next_hash, next_hash = NULL WHERE next_hash = @hash;
                    UPDATE token_revoked SET count = count + 1;
                    """, new { hash = hash.ToArray() }, transaction);
            }, ct);
            _cache.Forget();
        }
        catch (Core.Metrics.StoreUnavailableException)
        {
            // A full disk must not lock a server out; the old one ends when there is room.
        }
    }

    public async Task<bool> RevokeAsync(string name, CancellationToken ct = default)
    {
        bool revoked = await database.WriteAsync((connection, transaction) =>
            connection.Execute("DELETE FROM token WHERE name = @name", new { name }, transaction) > 0, ct);
        _cache.Forget();
        return revoked;
    }

    /// <summary>
    /// Who shows this token; null when it is unknown or revoked. What this process revokes ends at once, what another one revokes
    /// within five seconds.
    /// </summary>
    public async ValueTask<ClaimsPrincipal?> CheckAsync(string token, CancellationToken ct)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal) || token.Length > Longest)
            return null;
        _cache.Follow(Revocations);
        var hash = HashOf(token);
        var known = _cache.Find(hash);
        if (known is null)
        {
            known = Read(hash, out bool isNew);
            if (known is not null && isNew)
            {
                await PromoteAsync(hash, ct);
                known = Read(hash, out _);
            }
            if (known is null)
                return null;
            _cache.Add(hash, known);
        }
        known.Use(Now);
        if (known.TryStore(UsedEveryMs, out long usedMs))
            await StoreUseAsync(hash, usedMs, ct);
        return known.Caller;
    }

    /// <param name="isNew">It was given for another one, and is shown for the first time.</param>
    CheckedToken? Read(TokenHash hash, out bool isNew)
    {
        int generation = _cache.Generation; // before the look: what is revoked behind it ends what is found
        (string? name, string scope, long? used, string? host, isNew) = database.Read(connection =>
            connection.QuerySingleOrDefault<(string?, string, long?, string?, bool)>(
                "SELECT name, scope, used_ms, host, hash <> @hash FROM token WHERE hash = @hash OR next_hash = @hash", new { hash = hash.ToArray() }));
        return name is null ? null : new(Claims.OfToken(name, Parse(scope), host), used ?? 0, generation);
    }

    async Task StoreUseAsync(TokenHash hash, long usedMs, CancellationToken ct)
    {
        var used = new List<(TokenHash Hash, long Ms)> { (hash, usedMs) };
        // A fleet's tokens would else cost a transaction each, every minute.
        foreach (var (other, token) in _cache.All)
            if (token.TryStore(TogetherMs, out long otherMs))
                used.Add((other, otherMs));
        try
        {
            await database.WriteAsync((connection, transaction) =>
            {
                connection.Execute("UPDATE token SET used_ms = @Ms WHERE hash = @hash",
                    used.Select(u => new { u.Ms, hash = u.Hash.ToArray() }), transaction);
            }, ct);
        }
        catch (Core.Metrics.StoreUnavailableException)
        {
            // A full disk must not lock readers out; the time of last use is a courtesy.
        }
    }

    long Revocations() => database.Read(connection => connection.ExecuteScalar<long>("SELECT count FROM token_revoked"));

    long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    static byte[] Hash(string token) => HashOf(token).ToArray();

    static TokenHash HashOf(string token)
    {
        Span<byte> utf8 = stackalloc byte[Longest * 3], hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        return TokenHash.Of(hash);
    }

    public static string Text(TokenScope scope) => scope.ToString().ToLowerInvariant();

    static TokenScope Parse(string text) => Enum.Parse<TokenScope>(text, ignoreCase: true);
}
