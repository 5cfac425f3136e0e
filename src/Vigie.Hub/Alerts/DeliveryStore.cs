using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Hub.Alerts.Channels;
using Vigie.Storage;

namespace Vigie.Hub.Alerts;

/// <summary>One try to hand a message to its channel.</summary>
/// <param name="Notification">The outbox's number; 0 for a test that somebody asked for.</param>
/// <param name="Reply">What the other side said, or why it could not be asked; no secret.</param>
sealed record Attempt(long Notification, string Channel, DateTimeOffset At, TimeSpan Took, DeliveryOutcome Outcome, string? Reply);

/// <summary>An attempt, and what it was about; kind and reference are null for a test.</summary>
sealed record DeliveryLine(Attempt Attempt, NotificationKind? Kind, string? Reference, string? InsteadOf);

/// <summary>How many messages a channel has in its outbox, and how it fares.</summary>
sealed record ChannelTally(string Channel, long Waiting, DateTimeOffset? OldestWaiting, DateTimeOffset? LastSent);

/// <summary>The log of deliveries: every attempt with the reply. It is what proves that a message was sent.</summary>
sealed class DeliveryStore(Database database) : IStoreSchema
{
    /// <summary>A reply is a sentence; whatever is longer is no help.</summary>
    const int LongestReply = 500;

    /// <summary>Beyond it the oldest go, whatever their age: an attempt takes some 150 bytes.</summary>
    public const int Most = 200_000;

    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 deliveries", """
            CREATE TABLE delivery(
              id INTEGER PRIMARY KEY AUTOINCREMENT, notification INTEGER NOT NULL, channel TEXT NOT NULL, at_ms INTEGER NOT NULL,
              took_ms INTEGER NOT NULL, outcome TEXT NOT NULL CHECK (outcome IN ('sent', 'retry', 'refused')), reply TEXT) STRICT;
            CREATE INDEX delivery_of ON delivery(notification);
            CREATE INDEX delivery_by ON delivery(channel, at_ms);
            """),
    ];

    /// <summary>Inside the transaction that moves the message on.</summary>
    public static void Add(SqliteConnection connection, SqliteTransaction transaction, Attempt attempt) => connection.Execute("""
        INSERT INTO delivery(notification, channel, at_ms, took_ms, outcome, reply) VALUES(@Notification, @Channel, @at, @took, @outcome, @reply)
        """, new
    {
        attempt.Notification,
        attempt.Channel,
        at = attempt.At.ToUnixTimeMilliseconds(),
        took = (long)attempt.Took.TotalMilliseconds,
        outcome = attempt.Outcome.ToString().ToLowerInvariant(),
        reply = attempt.Reply is { Length: > LongestReply } reply ? ChatText.Fit(reply, LongestReply) : attempt.Reply,
    }, transaction);

    public async Task AddAsync(Attempt attempt, CancellationToken ct) =>
        await database.WriteAsync((connection, transaction) => Add(connection, transaction, attempt), ct);

    /// <summary>The newest first.</summary>
    public IReadOnlyList<DeliveryLine> Recent(int most, string? channel = null) =>
        Query("WHERE @channel IS NULL OR d.channel = @channel ORDER BY d.id DESC LIMIT @most", new { channel, most });

    /// <summary>All tries of one message, in order.</summary>
    public IReadOnlyList<DeliveryLine> Of(long notification) =>
        Query("WHERE d.notification = @notification ORDER BY d.id", new { notification });

    /// <summary>What waits for each channel, and when it last took something.</summary>
    public IReadOnlyList<ChannelTally> Tallies() => database.Read(connection => (IReadOnlyList<ChannelTally>)
    [
        // A computed column has no type of its own to map by.
        .. connection.Query("""
            SELECT channel AS Channel, sum(sent_ms IS NULL AND refused_ms IS NULL) AS Waiting,
                   min(CASE WHEN sent_ms IS NULL AND refused_ms IS NULL THEN created_ms END) AS OldestMs, max(sent_ms) AS SentMs
            FROM notification GROUP BY channel
            """).Select(r => new ChannelTally((string)r.Channel, (long)r.Waiting, At((long?)r.OldestMs), At((long?)r.SentMs))),
    ]);

    /// <summary>How many messages wait for each channel, and since when; channels for which none waits are left out.</summary>
    public IReadOnlyList<ChannelTally> Waiting() => database.Read(connection => (IReadOnlyList<ChannelTally>)
    [
        .. connection.Query("""
            SELECT channel AS Channel, count(*) AS Waiting, min(created_ms) AS OldestMs
            FROM notification WHERE sent_ms IS NULL AND refused_ms IS NULL GROUP BY channel
            """).Select(r => new ChannelTally((string)r.Channel, (long)r.Waiting, At((long?)r.OldestMs), null)),
    ]);

    /// <summary>Forgets what is older than <see cref="KeptFor"/>, and what is beyond <see cref="Most"/>.</summary>
    public async Task CleanAsync(DateTimeOffset now, CancellationToken ct)
    {
        var arguments = new { before = (now - KeptFor).ToUnixTimeMilliseconds(), Most };
        const string Old = "at_ms < @before OR id <= (SELECT max(id) FROM delivery) - @Most";
        if (database.Read(connection => connection.ExecuteScalar<bool>($"SELECT EXISTS (SELECT 1 FROM delivery WHERE {Old})", arguments)))
            await database.WriteAsync((connection, transaction) =>
            {
                connection.Execute($"DELETE FROM delivery WHERE {Old}", arguments, transaction);
            }, ct);
    }

    IReadOnlyList<DeliveryLine> Query(string where, object arguments) => database.Read(connection =>
        (IReadOnlyList<DeliveryLine>)[.. connection.Query<Row>($"""
            SELECT d.notification AS Notification, d.channel AS Channel, d.at_ms AS AtMs, d.took_ms AS TookMs, d.outcome AS Outcome, d.reply AS Reply,
                   n.kind AS Kind, n.reference AS Reference, n.instead_of AS InsteadOf
            FROM delivery d LEFT JOIN notification n ON n.id = d.notification {where}
            """, arguments).Select(r => r.ToLine())]);

    static DateTimeOffset? At(long? ms) => ms is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;

    sealed record Row(long Notification, string Channel, long AtMs, long TookMs, string Outcome, string? Reply, string? Kind, string? Reference,
        string? InsteadOf)
    {
        public DeliveryLine ToLine() => new(new(Notification, Channel, DateTimeOffset.FromUnixTimeMilliseconds(AtMs),
            TimeSpan.FromMilliseconds(TookMs), Enum.Parse<DeliveryOutcome>(Outcome, ignoreCase: true), Reply),
            Kind is null ? null : Enum.Parse<NotificationKind>(Kind, ignoreCase: true), Reference, InsteadOf);
    }
}
