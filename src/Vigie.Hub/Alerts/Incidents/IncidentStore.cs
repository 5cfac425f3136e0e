using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Storage;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>Incidents and their history, as rows of monitoring.db. Which alerts are in one is told by the alerts.</summary>
sealed class IncidentStore(Database database, TimeProvider time) : IStoreSchema
{
    /// <summary>As long as a note may be.</summary>
    public const int LongestNote = 500;

    public static readonly TimeSpan LongestSnooze = TimeSpan.FromDays(31);

    const string Columns = """
        SELECT id AS Id, scope AS Scope, severity AS Severity, opened_ms AS OpenedMs, joined_ms AS JoinedMs, told_ms AS ToldMs, messages AS Messages,
               news_ms AS NewsMs, quiet_ms AS QuietMs, ended_ms AS EndedMs, steps AS Steps, ack_ms AS AckMs, ack_by AS AckBy, ack_note AS AckNote,
               ack_until_ms AS AckUntilMs FROM incident
        """;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 incidents", """
            CREATE TABLE incident(
              id INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, severity TEXT NOT NULL, opened_ms INTEGER NOT NULL, joined_ms INTEGER NOT NULL,
              told_ms INTEGER NOT NULL, messages INTEGER NOT NULL, news_ms INTEGER, quiet_ms INTEGER, ended_ms INTEGER, steps INTEGER NOT NULL DEFAULT 0,
              ack_ms INTEGER, ack_by TEXT, ack_note TEXT, ack_until_ms INTEGER) STRICT;
            CREATE INDEX incident_open ON incident(id) WHERE ended_ms IS NULL;
            CREATE INDEX incident_ended ON incident(ended_ms);
            CREATE TABLE incident_event(
              id INTEGER PRIMARY KEY AUTOINCREMENT, incident INTEGER NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, author TEXT NOT NULL,
              text TEXT NOT NULL) STRICT;
            CREATE INDEX incident_event_of ON incident_event(incident);
            ALTER TABLE alert ADD COLUMN incident INTEGER;
            CREATE INDEX alert_of_incident ON alert(incident) WHERE incident IS NOT NULL;
            -- what was told by itself is an incident of that number, so that its recovery is in the same thread of the outbox
            INSERT INTO incident(id, scope, severity, opened_ms, joined_ms, told_ms, messages, ended_ms)
              SELECT id, 'host:' || host, severity, fired_ms, fired_ms, told_ms, 1, resolved_ms FROM alert WHERE told_ms IS NOT NULL;
            UPDATE alert SET incident = id WHERE told_ms IS NOT NULL;
            """),
    ];

    public IReadOnlyList<Incident> Open() => database.Read(connection => Open(connection));

    /// <summary>Inside a round's transaction: what another process has just acknowledged is seen.</summary>
    public static IReadOnlyList<Incident> Open(SqliteConnection connection) => Query(connection, "WHERE ended_ms IS NULL ORDER BY id");

    /// <summary>The newest first.</summary>
    public IReadOnlyList<Incident> Past(int most) =>
        database.Read(connection => Query(connection, "WHERE ended_ms IS NOT NULL ORDER BY ended_ms DESC LIMIT @most", new { most }));

    /// <summary>Those that were open at some time in a range, the oldest first.</summary>
    public IReadOnlyList<Incident> Between(long fromMs, long toMs) => database.Read(connection =>
        Query(connection, "WHERE opened_ms < @toMs AND coalesce(ended_ms, @toMs) >= @fromMs ORDER BY id", new { fromMs, toMs }));

    public Incident? Find(long id) => database.Read(connection => Query(connection, "WHERE id = @id", new { id }).FirstOrDefault());

    public IReadOnlyList<IncidentEvent> History(long id) => database.Read(connection => (IReadOnlyList<IncidentEvent>)
    [
        .. connection.Query<(long AtMs, string Kind, string Author, string Text)>(
            "SELECT at_ms, kind, author, text FROM incident_event WHERE incident = @id ORDER BY id", new { id })
            .Select(e => new IncidentEvent(At(e.AtMs), Enum.Parse<IncidentEventKind>(e.Kind, ignoreCase: true), e.Author, e.Text)),
    ]);

    public static Incident Begin(SqliteConnection connection, SqliteTransaction transaction, Incident incident) => incident with
    {
        Id = connection.ExecuteScalar<long>("""
            INSERT INTO incident(scope, severity, opened_ms, joined_ms, told_ms, messages) VALUES(@Scope, @Severity, @OpenedMs, @JoinedMs, @ToldMs, @Messages)
            RETURNING id
            """, incident, transaction),
    };

    /// <summary>What the rounds change; acknowledging is people's.</summary>
    public static void Update(SqliteConnection connection, SqliteTransaction transaction, Incident incident) => connection.Execute("""
        UPDATE incident SET severity = @Severity, joined_ms = @JoinedMs, told_ms = @ToldMs, messages = @Messages, news_ms = @NewsMs, quiet_ms = @QuietMs,
          ended_ms = @EndedMs, steps = @Steps WHERE id = @Id
        """, incident, transaction);

    public static void Note(SqliteConnection connection, SqliteTransaction transaction, long id, long atMs, IncidentEventKind kind, string by, string text) =>
        connection.Execute("INSERT INTO incident_event(incident, at_ms, kind, author, text) VALUES(@id, @atMs, @kind, @by, @text)",
            new { id, atMs, kind = kind.ToString().ToLowerInvariant(), by, text }, transaction);

    /// <summary>Says that somebody knows of it: it is not repeated, nor passed on to others, until then.</summary>
    /// <param name="length">For how long; null for as long as it lasts.</param>
    /// <returns>False when there is no such incident that is open.</returns>
    /// <exception cref="ArgumentException">Something is wrong; the message tells what, and the remedy.</exception>
    public async Task<bool> AcknowledgeAsync(long id, string by, string note, TimeSpan? length, CancellationToken ct)
    {
        Check(note);
        if (length is { } span && (span < TimeSpan.FromMinutes(1) || span > LongestSnooze))
            throw new ArgumentException($"an incident can be acknowledged for 1 minute to {LongestSnooze.TotalDays:0} days, or without an end");
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        long? until = length is { } some ? now + (long)some.TotalMilliseconds : null;
        return await ChangeAsync(id, IncidentEventKind.Acknowledged, by, until is { } end ? $"until {At(end):yyyy-MM-dd HH:mm}Z {note}".TrimEnd() : note,
            "ack_ms = @now, ack_by = @by, ack_note = @note, ack_until_ms = @until", new { id, by, note, now, until }, ct);
    }

    /// <summary>Takes an acknowledgement back: it is repeated from now on.</summary>
    public Task<bool> WithdrawAsync(long id, string by, CancellationToken ct) => ChangeAsync(id, IncidentEventKind.Withdrawn, by, "",
        "ack_ms = NULL, ack_by = NULL, ack_note = NULL, ack_until_ms = NULL", new { id }, ct, " AND ack_ms IS NOT NULL");

    /// <summary>Adds a note for whoever comes next; also after the end.</summary>
    public async Task<bool> NoteAsync(long id, string by, string note, CancellationToken ct)
    {
        Check(note);
        if (note.Length == 0)
            throw new ArgumentException("the note is empty");
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return await database.WriteAsync((connection, transaction) =>
        {
            if (connection.ExecuteScalar<long>("SELECT count(*) FROM incident WHERE id = @id", new { id }) == 0)
                return false;
            Note(connection, transaction, id, now, IncidentEventKind.Noted, by, note);
            return true;
        }, ct);
    }

    static void Check(string note)
    {
        if (note.Length > LongestNote)
            throw new ArgumentException($"the note is longer than {LongestNote} characters");
    }

    async Task<bool> ChangeAsync(long id, IncidentEventKind kind, string by, string text, string change, object arguments, CancellationToken ct,
        string more = "") => await database.WriteAsync((connection, transaction) =>
    {
        if (connection.Execute($"UPDATE incident SET {change} WHERE id = @id AND ended_ms IS NULL{more}", arguments, transaction) == 0)
            return false;
        Note(connection, transaction, id, time.GetUtcNow().ToUnixTimeMilliseconds(), kind, by, text);
        return true;
    }, ct);

    static IReadOnlyList<Incident> Query(SqliteConnection connection, string where, object? arguments = null) =>
        [.. connection.Query<Row>(Columns + ' ' + where, arguments).Select(r => r.ToIncident())];

    static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    sealed record Row(long Id, string Scope, string Severity, long OpenedMs, long JoinedMs, long ToldMs, long Messages, long? NewsMs, long? QuietMs,
        long? EndedMs, long Steps, long? AckMs, string? AckBy, string? AckNote, long? AckUntilMs)
    {
        public Incident ToIncident() => new(Id, Scope, Severity, OpenedMs, JoinedMs, ToldMs, (int)Messages, NewsMs, QuietMs, EndedMs)
        {
            Steps = (int)Steps,
            Acknowledged = AckMs is { } at ? new(At(at), AckBy ?? "", AckNote ?? "", AckUntilMs is { } until ? At(until) : null) : null,
        };
    }
}
