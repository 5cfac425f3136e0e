using Dapper;
using Vigie.Storage;

namespace Vigie.Hub.Advisories;

/// <summary>How a feed fares.</summary>
/// <param name="Filled">When its first import was complete; null before.</param>
/// <param name="Tried">When it was last asked.</param>
/// <param name="Succeeded">When it last answered.</param>
/// <param name="Error">Why the last try failed; null when it did not.</param>
/// <param name="Problems">Documents that could not be read at the last try, with the first reason in <paramref name="Problem"/>.</param>
sealed record FeedState(DateTimeOffset? Filled = null, DateTimeOffset? Tried = null, DateTimeOffset? Succeeded = null,
    string? Error = null, int Problems = 0, string? Problem = null);

/// <summary>How each feed fares and what it remembers from one round to the next (ETags, the last listing), as rows of
/// monitoring.db.</summary>
sealed class FeedStore(Database database) : IStoreSchema
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 feeds",
            "CREATE TABLE feed(name TEXT PRIMARY KEY, filled_ms INTEGER, tried_ms INTEGER, succeeded_ms INTEGER, "
            + "error TEXT, problems INTEGER NOT NULL, problem TEXT) STRICT;\n"
            + "CREATE TABLE feed_memory(feed TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, "
            + "PRIMARY KEY(feed, key)) STRICT, WITHOUT ROWID;"),
    ];

    public FeedState Find(string name) => database.Read(connection => connection
        .QuerySingleOrDefault<Row>(
            "SELECT filled_ms AS FilledMs, tried_ms AS TriedMs, succeeded_ms AS SucceededMs, error AS Error, "
            + "problems AS Problems, problem AS Problem FROM feed WHERE name = @name", new { name })?.ToState()) ?? new();

    public async Task SaveAsync(string name, FeedState state, CancellationToken ct) =>
        await database.WriteAsync((connection, transaction) =>
        {
            connection.Execute("INSERT OR REPLACE INTO feed VALUES(@name, @filled, @tried, @succeeded, @Error, @Problems, @Problem)",
                new
                {
                    name,
                    filled = Ms(state.Filled),
                    tried = Ms(state.Tried),
                    succeeded = Ms(state.Succeeded),
                    state.Error,
                    state.Problems,
                    state.Problem,
                }, transaction);
        }, ct);

    public IReadOnlyDictionary<string, string> Memory(string name) => database.Read(connection => connection
        .Query<(string Key, string Value)>("SELECT key, value FROM feed_memory WHERE feed = @name", new { name })
        .ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal));

    public async Task RememberAsync(string name, IReadOnlyDictionary<string, string> memory, CancellationToken ct) =>
        await database.WriteAsync((connection, transaction) =>
        {
            connection.Execute("INSERT OR REPLACE INTO feed_memory VALUES(@name, @Key, @Value)",
                memory.Select(m => new { name, m.Key, m.Value }), transaction);
        }, ct);

    static long? Ms(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    sealed record Row(long? FilledMs, long? TriedMs, long? SucceededMs, string? Error, long Problems, string? Problem)
    {
        public FeedState ToState() => new(At(FilledMs), At(TriedMs), At(SucceededMs), Error, (int)Problems, Problem);

        static DateTimeOffset? At(long? ms) => ms is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
    }
}
