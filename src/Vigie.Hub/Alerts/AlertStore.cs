using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;
using Vigie.Hub.Charts;
using Vigie.Storage;

namespace Vigie.Hub.Alerts;

/// <summary>Alerts and their states, as rows of monitoring.db.</summary>
sealed class AlertStore(Database database) : IStoreSchema
{
    const string Columns = """
        SELECT id AS Id, rule AS Rule, labels AS Labels, severity AS Severity, state AS State, since_ms AS SinceMs, fired_ms AS FiredMs,
               resolved_ms AS ResolvedMs, value AS Value, threshold AS Threshold, held_ms AS HeldMs, told_ms AS ToldMs,
               incident AS Incident FROM alert
        """;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 alerts", """
            CREATE TABLE alert(
              id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL, labels TEXT NOT NULL, host TEXT NOT NULL, severity TEXT NOT NULL,
              state TEXT NOT NULL CHECK (state IN ('pending', 'firing', 'resolved')), since_ms INTEGER NOT NULL, fired_ms INTEGER, resolved_ms INTEGER,
              value REAL NOT NULL, threshold REAL) STRICT;
            CREATE UNIQUE INDEX alert_open ON alert(rule, labels) WHERE state <> 'resolved';
            CREATE INDEX alert_of_host ON alert(host, fired_ms);
            CREATE INDEX alert_recent ON alert(resolved_ms);
            """),
        new("2026-11-24 alerts that go on", "ALTER TABLE alert ADD COLUMN held_ms INTEGER"),
        new("2026-11-24 alerts that were told", "ALTER TABLE alert ADD COLUMN told_ms INTEGER; UPDATE alert SET told_ms = fired_ms;"),
    ];

    /// <summary>Inside a round's transaction.</summary>
    public static IReadOnlyList<Alert> Open(SqliteConnection connection) => Query(connection, "WHERE state <> 'resolved' ORDER BY severity, since_ms", null);

    public IReadOnlyList<Alert> Open() => Query("WHERE state <> 'resolved' ORDER BY severity, since_ms");

    public IReadOnlyList<Alert> OpenOf(string host) =>
        Query("WHERE state <> 'resolved' AND host = @host ORDER BY severity, since_ms", new { host });

    /// <summary>The newest resolved ones first.</summary>
    public IReadOnlyList<Alert> Past(int most) => Query("WHERE state = 'resolved' ORDER BY resolved_ms DESC LIMIT @most", new { most });

    public Alert? Find(long id) => Query("WHERE id = @id", new { id }).FirstOrDefault();

    public IReadOnlyList<AlertBand> Bands(string host, IReadOnlyList<string> rules, long fromMs, long toMs) =>
        [.. Query("WHERE host = @host AND rule IN @rules AND fired_ms <= @toMs AND coalesce(resolved_ms, @toMs) >= @fromMs ORDER BY fired_ms LIMIT 200",
            new { host, rules, fromMs, toMs }).Select(a => new AlertBand(a.FiredMs!.Value, a.ResolvedMs ?? toMs, a.Severity, a.Rule))];

    /// <summary>Inside the evaluation's transaction: returns the alert with its number.</summary>
    public static Alert Begin(SqliteConnection connection, SqliteTransaction transaction, Alert alert)
    {
        long id = connection.ExecuteScalar<long>("""
            INSERT INTO alert(rule, labels, host, severity, state, since_ms, fired_ms, resolved_ms, value, threshold)
            VALUES(@Rule, @labels, @Host, @Severity, @state, @SinceMs, @FiredMs, NULL, @Value, @Threshold) RETURNING id
            """, new
        {
            alert.Rule,
            labels = LabelsJson.Write(alert.Labels),
            alert.Host,
            alert.Severity,
            state = Text(alert.State),
            alert.SinceMs,
            alert.FiredMs,
            alert.Value,
            alert.Threshold,
        }, transaction);
        return alert with { Id = id };
    }

    public static void Update(SqliteConnection connection, SqliteTransaction transaction, Alert alert) => connection.Execute(
        "UPDATE alert SET state = @state, fired_ms = @FiredMs, resolved_ms = @ResolvedMs, value = @Value, held_ms = @HeldMs, told_ms = @ToldMs, "
            + "incident = @Incident WHERE id = @Id",
        new { alert.Id, state = Text(alert.State), alert.FiredMs, alert.ResolvedMs, alert.Value, alert.HeldMs, alert.ToldMs, alert.Incident }, transaction);

    public static void Forget(SqliteConnection connection, SqliteTransaction transaction, long id) =>
        connection.Execute("DELETE FROM alert WHERE id = @id", new { id }, transaction);

    /// <summary>The alerts of an incident, those that are over included, in their order.</summary>
    public IReadOnlyList<Alert> Of(long incident) => Query("WHERE incident = @incident ORDER BY id", new { incident });

    /// <summary>Inside the round's transaction: the alerts of these incidents.</summary>
    public static IReadOnlyList<Alert> Of(SqliteConnection connection, IReadOnlyList<long> incidents) =>
        Query(connection, "WHERE incident IN (SELECT value FROM json_each(@incidents)) ORDER BY id", new { incidents = JsonSerializer.Serialize(incidents) });

    /// <summary>How often the alert of an incident that comes and goes most has fired since then, whatever incidents it was in.</summary>
    public static int MostOften(SqliteConnection connection, long incident, long sinceMs) => (int)connection.ExecuteScalar<long>("""
        SELECT coalesce(max(times), 0) FROM (
          SELECT count(*) AS times FROM (SELECT DISTINCT rule, labels, host FROM alert WHERE incident = @incident) own
          JOIN alert a ON a.host = own.host AND a.fired_ms >= @sinceMs AND a.rule = own.rule AND a.labels = own.labels GROUP BY own.rule, own.labels)
        """, new { incident, sinceMs });

    IReadOnlyList<Alert> Query(string where, object? arguments = null) => database.Read(connection => Query(connection, where, arguments));

    static IReadOnlyList<Alert> Query(SqliteConnection connection, string where, object? arguments) =>
        [.. connection.Query<Row>(Columns + ' ' + where, arguments).Select(r => r.ToAlert())];

    static string Text(AlertState state) => state.ToString().ToLowerInvariant();

    sealed record Row(long Id, string Rule, string Labels, string Severity, string State, long SinceMs, long? FiredMs,
        long? ResolvedMs, double Value, double? Threshold, long? HeldMs, long? ToldMs, long? Incident)
    {
        public Alert ToAlert() => new(Id, Rule, LabelsJson.Parse(Labels), Severity, Enum.Parse<AlertState>(State, ignoreCase: true),
            SinceMs, FiredMs, ResolvedMs, Value, Threshold)
        { HeldMs = HeldMs, ToldMs = ToldMs, Incident = Incident };
    }
}
