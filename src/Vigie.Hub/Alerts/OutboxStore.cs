using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;
using Vigie.Hub.Alerts.Channels;
using Vigie.Storage;

namespace Vigie.Hub.Alerts;

/// <summary>What a message is about. The names are persisted in lower case.</summary>
enum NotificationKind
{
    Firing,
    Resolved,
    Advisory,
    SelfTest,

    /// <summary>Others have joined an incident.</summary>
    Update,

    /// <summary>An incident goes on.</summary>
    Repeat,

    /// <summary>An incident goes on, and those who were told do nothing.</summary>
    Escalation,

    /// <summary>What was, of a week or a day.</summary>
    Report,
}

/// <summary>A message to send by one channel.</summary>
/// <param name="Reference">The incident's number, or the advisory's reference.</param>
/// <param name="InsteadOf">The channel that could not tell it, when this one is its fallback.</param>
sealed record Notification(long Id, NotificationKind Kind, string Reference, string Channel, DateTimeOffset Created,
    int Attempts, DateTimeOffset Next, DateTimeOffset? Sent, DateTimeOffset? Refused, string? Error, string? InsteadOf = null)
{
    /// <summary>Which one it is of the messages about its incident; 0 for others.</summary>
    public int Number { get; init; }
}

/// <summary>
/// The outbox: a message is put here in the transaction that makes it necessary, and leaves when its channel has taken it.
/// One message per (kind, reference, number, channel), however often it is asked for.
/// </summary>
sealed class OutboxStore : IStoreSchema
{
    const string Columns = """
        SELECT id AS Id, kind AS Kind, reference AS Reference, channel AS Channel, created_ms AS CreatedMs, attempts AS Attempts, next_ms AS NextMs,
               sent_ms AS SentMs, refused_ms AS RefusedMs, error AS Error, instead_of AS InsteadOf,
               number AS Number FROM notification
        """;

    const string Waits = "sent_ms IS NULL AND refused_ms IS NULL";

    readonly Database _database;
    long _newest;

    public OutboxStore(Database database)
    {
        _database = database;
        _newest = Newest();
        // A message is put by the transaction of whoever has a reason: only afterwards is it there to be sent.
        database.Written += Look;
    }

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 outbox", """
            CREATE TABLE notification(
              id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, reference TEXT NOT NULL, channel TEXT NOT NULL, created_ms INTEGER NOT NULL,
              attempts INTEGER NOT NULL DEFAULT 0, next_ms INTEGER NOT NULL, sent_ms INTEGER, refused_ms INTEGER, error TEXT,
              UNIQUE(kind, reference, channel)) STRICT;
            CREATE INDEX notification_due ON notification(next_ms) WHERE sent_ms IS NULL AND refused_ms IS NULL;
            """),
        new("2026-11-24 fallback channels", """
            ALTER TABLE notification ADD COLUMN instead_of TEXT;
            CREATE INDEX notification_order ON notification(reference, channel) WHERE sent_ms IS NULL AND refused_ms IS NULL;
            """),
        new("2026-11-24 incidents have several messages", """
            CREATE TABLE notification_of_incidents(
              id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, reference TEXT NOT NULL, channel TEXT NOT NULL, created_ms INTEGER NOT NULL,
              attempts INTEGER NOT NULL DEFAULT 0, next_ms INTEGER NOT NULL, sent_ms INTEGER, refused_ms INTEGER, error TEXT, instead_of TEXT,
              number INTEGER NOT NULL DEFAULT 0, UNIQUE(reference, kind, number, channel)) STRICT;
            INSERT INTO notification_of_incidents(id, kind, reference, channel, created_ms, attempts, next_ms, sent_ms, refused_ms, error, instead_of, number)
              SELECT id, kind, reference, channel, created_ms, attempts, next_ms, sent_ms, refused_ms, error, instead_of,
                CASE kind WHEN 'firing' THEN 1 WHEN 'resolved' THEN 2 ELSE 0 END FROM notification;
            DROP TABLE notification;
            ALTER TABLE notification_of_incidents RENAME TO notification;
            CREATE INDEX notification_due ON notification(next_ms) WHERE sent_ms IS NULL AND refused_ms IS NULL;
            CREATE INDEX notification_order ON notification(reference, channel) WHERE sent_ms IS NULL AND refused_ms IS NULL;
            """),
    ];

    /// <summary>Raised when there are new messages, so that they go at once.</summary>
    public event Action? Added;

    public static void Put(SqliteConnection connection, SqliteTransaction transaction, NotificationKind kind, string reference,
        string channel, long nowMs, string? insteadOf = null, int number = 0, long? notBeforeMs = null) =>
        connection.Execute("INSERT INTO notification(kind, reference, channel, created_ms, next_ms, instead_of, number) "
            + "VALUES(@kind, @reference, @channel, @nowMs, @nextMs, @insteadOf, @number) ON CONFLICT DO NOTHING",
            new { kind = Text(kind), reference, channel, nowMs, nextMs = notBeforeMs ?? nowMs, insteadOf, number }, transaction);

    /// <summary>The number of the next message of this kind about a thing: 1 behind the first, which has 0.</summary>
    public static int Next(SqliteConnection connection, NotificationKind kind, string reference) => connection.ExecuteScalar<int>(
        "SELECT coalesce(max(number), 0) + 1 FROM notification WHERE reference = @reference AND kind = @kind", new { reference, kind = Text(kind) });

    const string IsHeld = $"reference = @incident AND number > 0 AND channel = @channel AND attempts = 0 AND next_ms > @nowMs AND {Waits}";

    /// <summary>Takes back what waits for the end of a quiet time; true when that was all that a channel was to be told of an incident.</summary>
    public static bool TakeBack(SqliteConnection connection, SqliteTransaction transaction, string incident, string channel, long nowMs)
    {
        var arguments = new { incident, channel, nowMs };
        int taken = connection.Execute($"DELETE FROM notification WHERE {IsHeld}", arguments, transaction);
        return taken > 0 && !connection.ExecuteScalar<bool>(
            "SELECT EXISTS (SELECT 1 FROM notification WHERE reference = @incident AND number > 0 AND channel = @channel)", arguments);
    }

    /// <summary>What waits for the end of a quiet time is to go now.</summary>
    public static void LetGo(SqliteConnection connection, SqliteTransaction transaction, string incident, string channel, long nowMs) =>
        connection.Execute($"UPDATE notification SET next_ms = @nowMs WHERE {IsHeld}", new { incident, channel, nowMs }, transaction);

    /// <summary>The channels that were asked to tell of an incident.</summary>
    public static IReadOnlyList<string> Channels(SqliteConnection connection, string incident) => connection.Query<string>(
        "SELECT DISTINCT channel FROM notification WHERE reference = @incident AND number > 0 ORDER BY channel", new { incident }).AsList();

    /// <summary>Whether a message about an incident still waits for a channel: it will tell what is known when it goes.</summary>
    public static bool IsWaiting(SqliteConnection connection, string incident, string channel) => connection.ExecuteScalar<bool>(
        $"SELECT EXISTS (SELECT 1 FROM notification WHERE reference = @incident AND number > 0 AND channel = @channel AND {Waits})", new { incident, channel });

    /// <summary>
    /// What a channel is to send now. What is about one thing goes in its order: a recovery waits for the alert, or it would be
    /// the alert that has the last word.
    /// </summary>
    public IReadOnlyList<Notification> Due(string channel, DateTimeOffset now, int most) => Query($"""
        WHERE {Waits} AND channel = @channel AND next_ms <= @now AND NOT EXISTS (
          SELECT 1 FROM notification earlier WHERE earlier.reference = notification.reference AND earlier.channel = @channel
            AND earlier.id < notification.id AND earlier.sent_ms IS NULL AND earlier.refused_ms IS NULL)
        ORDER BY next_ms, id LIMIT @most
        """, new { channel, now = now.ToUnixTimeMilliseconds(), most });

    /// <summary>Channels that have messages waiting, whether they are configured or not.</summary>
    public IReadOnlyList<string> Waiting() => _database.Read(connection =>
        connection.Query<string>($"SELECT DISTINCT channel FROM notification WHERE {Waits}").AsList());

    /// <summary>What was put before a time and still waits for its channel.</summary>
    public IReadOnlyList<Notification> Overdue(string channel, DateTimeOffset before, int most) =>
        Query($"WHERE {Waits} AND channel = @channel AND created_ms < @before ORDER BY id LIMIT @most",
            new { channel, before = before.ToUnixTimeMilliseconds(), most });

    /// <summary>What waits, or was refused, newest first.</summary>
    public IReadOnlyList<Notification> Undelivered(int most) =>
        Query("WHERE sent_ms IS NULL AND (attempts > 0 OR refused_ms IS NOT NULL) ORDER BY id DESC LIMIT @most", new { most });

    /// <summary>When a message of this kind was last put.</summary>
    public DateTimeOffset? Last(NotificationKind kind) => _database.Read(connection =>
        connection.ExecuteScalar<long?>("SELECT max(created_ms) FROM notification WHERE kind = @kind", new { kind = Text(kind) }))
            is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    public IReadOnlyList<Notification> Recent(int most) => Query("ORDER BY id DESC LIMIT @most", new { most });

    /// <summary>All that was to be told of an incident, in order.</summary>
    public IReadOnlyList<Notification> OfIncident(long incident) =>
        Query("WHERE reference = @reference AND number > 0 ORDER BY id", new { reference = incident.ToString(CultureInfo.InvariantCulture) });

    /// <summary>Puts a message for each of these channels, in a transaction of its own.</summary>
    public async Task PutAsync(NotificationKind kind, string reference, IReadOnlyList<string> channels, DateTimeOffset now,
        CancellationToken ct) => await _database.WriteAsync((connection, transaction) =>
        {
            foreach (string channel in channels)
                Put(connection, transaction, kind, reference, channel, now.ToUnixTimeMilliseconds());
        }, ct);

    /// <summary>What has come of a try, and its line in the log of deliveries.</summary>
    /// <param name="fallback">The channel that is to tell it as well; null for none.</param>
    public async Task NoteAsync(Notification tried, Attempt attempt, DateTimeOffset? next, string? fallback, CancellationToken ct) =>
        await _database.WriteAsync((connection, transaction) =>
        {
            connection.Execute("""
                UPDATE notification SET attempts = attempts + 1, error = @error, next_ms = coalesce(@next, next_ms), sent_ms = @sent, refused_ms = @refused
                WHERE id = @Id
                """, new
            {
                tried.Id,
                error = attempt.Outcome == DeliveryOutcome.Sent ? null : attempt.Reply,
                next = next?.ToUnixTimeMilliseconds(),
                sent = attempt.Outcome == DeliveryOutcome.Sent ? attempt.At.ToUnixTimeMilliseconds() : (long?)null,
                refused = attempt.Outcome == DeliveryOutcome.Refused ? attempt.At.ToUnixTimeMilliseconds() : (long?)null,
            }, transaction);
            DeliveryStore.Add(connection, transaction, attempt);
            if (fallback is not null)
                Put(connection, transaction, tried.Kind, tried.Reference, fallback, attempt.At.ToUnixTimeMilliseconds(), tried.Channel, tried.Number);
        }, ct);

    /// <summary>What has waited for a failing channel since before a time is told by its fallback, too.</summary>
    public async Task FallBackAsync(string channel, string fallback, DateTimeOffset before, DateTimeOffset now, CancellationToken ct)
    {
        const string Late = $"""
            FROM notification n WHERE {Waits} AND channel = @channel AND created_ms < @before
              AND NOT EXISTS (SELECT 1 FROM notification f WHERE f.kind = n.kind AND f.reference = n.reference AND f.number = n.number
                AND f.channel = @fallback)
            """;
        var arguments = new { channel, fallback, before = before.ToUnixTimeMilliseconds(), now = now.ToUnixTimeMilliseconds() };
        if (_database.Read(connection => connection.ExecuteScalar<bool>($"SELECT EXISTS (SELECT 1 {Late})", arguments)))
            await _database.WriteAsync((connection, transaction) =>
            {
                connection.Execute($"""
                    INSERT INTO notification(kind, reference, channel, created_ms, next_ms, instead_of, number)
                    SELECT kind, reference, @fallback, @now, @now, channel, number {Late} ORDER BY id
                    """, arguments, transaction);
            }, ct);
    }

    /// <summary>A channel works again: what waits for it need not wait longer.</summary>
    public async Task HurryAsync(string channel, DateTimeOffset now, CancellationToken ct) =>
        await _database.WriteAsync((connection, transaction) =>
        {
            connection.Execute($"UPDATE notification SET next_ms = @now WHERE {Waits} AND channel = @channel AND next_ms > @now AND attempts > 0",
                new { channel, now = now.ToUnixTimeMilliseconds() }, transaction);
        }, ct);

    void Look()
    {
        try
        {
            long newest = Newest();
            if (newest > Interlocked.Exchange(ref _newest, newest))
                Added?.Invoke();
        }
        catch (Exception e) when (e is StoreUnavailableException or DatabaseException or ObjectDisposedException)
        {
            // What was written stays written; the channels look by themselves soon.
        }
    }

    long Newest() => _database.Read(connection => connection.ExecuteScalar<long>("SELECT coalesce(max(id), 0) FROM notification"));

    IReadOnlyList<Notification> Query(string where, object arguments) =>
        _database.Read(connection =>
            (IReadOnlyList<Notification>)[.. connection.Query<Row>(Columns + ' ' + where, arguments).Select(r => r.ToNotification())]);

    static string Text(NotificationKind kind) => kind.ToString().ToLowerInvariant();

    sealed record Row(long Id, string Kind, string Reference, string Channel, long CreatedMs, long Attempts, long NextMs,
        long? SentMs, long? RefusedMs, string? Error, string? InsteadOf, long Number)
    {
        public Notification ToNotification() =>
            new(Id, Enum.Parse<NotificationKind>(Kind, ignoreCase: true), Reference, Channel, At(CreatedMs), (int)Attempts, At(NextMs),
            SentMs is { } sent ? At(sent) : null, RefusedMs is { } refused ? At(refused) : null, Error, InsteadOf)
            { Number = (int)Number };

        static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
    }
}
