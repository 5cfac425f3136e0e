using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Storage;

namespace Vigie.Hub.Alerts;

/// <summary>What a message is about. The names are persisted in lower case.</summary>
enum NotificationKind { Firing, Resolved, Advisory }

/// <summary>A message to send by one channel.</summary>
/// <param name="Reference">The alert's number, or the advisory's reference.</param>
sealed record Notification(long Id, NotificationKind Kind, string Reference, string Channel, DateTimeOffset Created,
    int Attempts, DateTimeOffset Next, DateTimeOffset? Sent, DateTimeOffset? Refused, string? Error);

/// <summary>
/// The outbox: a message is put here in the transaction that makes it necessary, and leaves when its channel has taken it.
/// One message per (kind, reference, channel), however often it is asked for.
/// </summary>
sealed class OutboxStore(Database database) : IStoreSchema
{
    const string Columns = """
        SELECT id AS Id, kind AS Kind, reference AS Reference, channel AS Channel, created_ms AS CreatedMs, attempts AS Attempts, next_ms AS NextMs,
               sent_ms AS SentMs, refused_ms AS RefusedMs, error AS Error FROM notification
        """;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 outbox", """
            CREATE TABLE notification(
              id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, reference TEXT NOT NULL, channel TEXT NOT NULL, created_ms INTEGER NOT NULL,
              attempts INTEGER NOT NULL DEFAULT 0, next_ms INTEGER NOT NULL, sent_ms INTEGER, refused_ms INTEGER, error TEXT,
              UNIQUE(kind, reference, channel)) STRICT;
            CREATE INDEX notification_due ON notification(next_ms) WHERE sent_ms IS NULL AND refused_ms IS NULL;
            """),
    ];

    public static void Put(SqliteConnection connection, SqliteTransaction transaction, NotificationKind kind, string reference,
        string channel, long nowMs) =>
        connection.Execute("INSERT INTO notification(kind, reference, channel, created_ms, next_ms) "
            + "VALUES(@kind, @reference, @channel, @nowMs, @nowMs) ON CONFLICT DO NOTHING",
            new { kind = Text(kind), reference, channel, nowMs }, transaction);

    /// <summary>The channels that were asked to tell of this.</summary>
    public static IReadOnlyList<string> Channels(SqliteConnection connection, NotificationKind kind, string reference) =>
        connection.Query<string>("SELECT channel FROM notification WHERE kind = @kind AND reference = @reference",
            new { kind = Text(kind), reference }).AsList();

    public IReadOnlyList<Notification> Due(DateTimeOffset now, int most) =>
        Query("WHERE sent_ms IS NULL AND refused_ms IS NULL AND next_ms <= @now ORDER BY id LIMIT @most",
            new { now = now.ToUnixTimeMilliseconds(), most });

    /// <summary>What waits, or was refused, newest first.</summary>
    public IReadOnlyList<Notification> Undelivered(int most) =>
        Query("WHERE sent_ms IS NULL AND (attempts > 0 OR refused_ms IS NOT NULL) ORDER BY id DESC LIMIT @most", new { most });

    public IReadOnlyList<Notification> Recent(int most) => Query("ORDER BY id DESC LIMIT @most", new { most });

    public Task SentAsync(long id, DateTimeOffset now, CancellationToken ct) =>
        SetAsync("sent_ms = @now, error = NULL, attempts = attempts + 1", new { id, now = now.ToUnixTimeMilliseconds() }, ct);

    public Task RetryAsync(long id, string error, DateTimeOffset next, CancellationToken ct) =>
        SetAsync("error = @error, attempts = attempts + 1, next_ms = @next", new { id, error, next = next.ToUnixTimeMilliseconds() }, ct);

    public Task RefusedAsync(long id, string error, DateTimeOffset now, CancellationToken ct) =>
        SetAsync("error = @error, attempts = attempts + 1, refused_ms = @now", new { id, error, now = now.ToUnixTimeMilliseconds() }, ct);

    async Task SetAsync(string change, object arguments, CancellationToken ct) => await database.WriteAsync((connection, transaction) =>
    {
        connection.Execute($"UPDATE notification SET {change} WHERE id = @id", arguments, transaction);
    }, ct);

    IReadOnlyList<Notification> Query(string where, object arguments) =>
        database.Read(connection =>
            (IReadOnlyList<Notification>)[.. connection.Query<Row>(Columns + ' ' + where, arguments).Select(r => r.ToNotification())]);

    static string Text(NotificationKind kind) => kind.ToString().ToLowerInvariant();

    sealed record Row(long Id, string Kind, string Reference, string Channel, long CreatedMs, long Attempts, long NextMs,
        long? SentMs, long? RefusedMs, string? Error)
    {
        public Notification ToNotification() =>
            new(Id, Enum.Parse<NotificationKind>(Kind, ignoreCase: true), Reference, Channel, At(CreatedMs), (int)Attempts, At(NextMs),
            SentMs is { } sent ? At(sent) : null, RefusedMs is { } refused ? At(refused) : null, Error);

        static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
    }
}
