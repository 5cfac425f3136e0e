using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Hub.Advisories.Matching;
using Vigie.Storage;

namespace Vigie.Hub.Advisories.Findings;

/// <summary>A risk that somebody has accepted for a time.</summary>
/// <param name="Host">Null for all hosts.</param>
/// <param name="Until">Null for no end.</param>
/// <param name="Ended">When it ended before that.</param>
/// <param name="EndedBy">Why: English, for translation.</param>
sealed record Acceptance(long Id, string Reference, string? Host, string Reason, string By, DateTimeOffset Created, DateTimeOffset? Until,
    DateTimeOffset? Ended, string? EndedBy)
{
    public bool IsActive(DateTimeOffset now) => Ended is null && (Until is null || Until > now);
}

/// <summary>
/// Risks that were accepted, as rows of monitoring.db. One ends by its date, when it is withdrawn, and when it is not what was accepted any more:
/// CVEs were added, or attacks have become known.
/// </summary>
sealed class AcceptanceStore(Database database) : IStoreSchema
{
    public const string CvesAdded = "CVEs were added", Exploited = "attacks have become known", Withdrawn = "it was withdrawn";

    const string Columns = """
        SELECT id AS Id, reference AS Reference, host AS Host, reason AS Reason, by AS By, created_ms AS CreatedMs, until_ms AS UntilMs, ended_ms AS EndedMs,
               ended_by AS EndedBy, cves AS Cves, exploited AS Exploited FROM acceptance
        """;

    const string IsActive = "ended_ms IS NULL AND (until_ms IS NULL OR until_ms > @now)";

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 accepted risks", """
            CREATE TABLE acceptance(
              id INTEGER PRIMARY KEY, reference TEXT NOT NULL, host TEXT, reason TEXT NOT NULL, by TEXT NOT NULL, created_ms INTEGER NOT NULL,
              until_ms INTEGER, ended_ms INTEGER, ended_by TEXT,
              -- what was known then: a list in JSON, and whether CISA knew of attacks
              cves TEXT NOT NULL, exploited INTEGER NOT NULL) STRICT;
            CREATE INDEX acceptance_of_advisory ON acceptance(reference);
            """),
    ];

    /// <param name="host">Null for all hosts.</param>
    /// <returns>False when there is no such advisory.</returns>
    public async Task<bool> AcceptAsync(string reference, string? host, string reason, string by, DateTimeOffset? until, DateTimeOffset now,
        CancellationToken ct) => await database.WriteAsync((connection, transaction) =>
        {
            if (connection.ExecuteScalar<string>("SELECT cves FROM advisory WHERE reference = @reference", new { reference }, transaction) is not { } cves)
                return false;
            connection.Execute("""
                INSERT INTO acceptance(reference, host, reason, by, created_ms, until_ms, cves, exploited) VALUES(@reference, @host, @reason, @by, @now, @until,
                  @cves, (SELECT coalesce(max(exploited), 0) FROM finding WHERE reference = @reference))
                """, new { reference, host, reason, by, now = now.ToUnixTimeMilliseconds(), until = until?.ToUnixTimeMilliseconds(), cves }, transaction);
            Mark(connection, transaction, now);
            return true;
        }, ct);

    /// <returns>False when there is none that is in force.</returns>
    public async Task<bool> WithdrawAsync(long id, DateTimeOffset now, CancellationToken ct) => await database.WriteAsync((connection, transaction) =>
    {
        int ended = connection.Execute($"UPDATE acceptance SET ended_ms = @now, ended_by = @Withdrawn WHERE id = @id AND {IsActive}",
            new { id, now = now.ToUnixTimeMilliseconds(), Withdrawn }, transaction);
        Mark(connection, transaction, now);
        return ended > 0;
    }, ct);

    /// <summary>All of an advisory, the newest first.</summary>
    public IReadOnlyList<Acceptance> Of(string reference) => database.Read(connection =>
        connection.Query<Row>(Columns + " WHERE reference = @reference ORDER BY id DESC", new { reference }).Select(r => r.ToAcceptance()).ToList());

    /// <summary>Ends what is not what was accepted any more, and marks the findings that are accepted now.</summary>
    public async Task ApplyAsync(Exploitation known, DateTimeOffset now, CancellationToken ct)
    {
        long nowMs = now.ToUnixTimeMilliseconds();
        if (database.Read(connection => !connection.ExecuteScalar<bool>(
            $"SELECT EXISTS (SELECT 1 FROM acceptance WHERE {IsActive}) OR EXISTS (SELECT 1 FROM finding WHERE accepted)", new { now = nowMs })))
            return;
        await database.WriteAsync((connection, transaction) =>
        {
            foreach (var row in connection.Query<Row>($"{Columns} WHERE {IsActive}", new { now = nowMs }, transaction).AsList())
            {
                var cves = Cves(connection.ExecuteScalar<string>("SELECT cves FROM advisory WHERE reference = @Reference", new { row.Reference }, transaction));
                string? why = cves.Except(Cves(row.Cves), StringComparer.Ordinal).Any() ? CvesAdded
                    : row.Exploited == 0 && cves.Any(c => known.Exploited.Contains(CveId.Parse(c))) ? Exploited : null;
                if (why is not null)
                    connection.Execute("UPDATE acceptance SET ended_ms = @nowMs, ended_by = @why WHERE id = @Id", new { nowMs, why, row.Id }, transaction);
            }
            Mark(connection, transaction, now);
        }, ct);
    }

    static void Mark(SqliteConnection connection, SqliteTransaction transaction, DateTimeOffset now) => connection.Execute($"""
        UPDATE finding SET accepted = NOT accepted WHERE accepted <> EXISTS (
          SELECT 1 FROM acceptance a WHERE a.reference = finding.reference AND (a.host IS NULL OR a.host = finding.host)
            AND a.ended_ms IS NULL AND (a.until_ms IS NULL OR a.until_ms > @now))
        """, new { now = now.ToUnixTimeMilliseconds() }, transaction);

    static IReadOnlyList<string> Cves(string? json) => json is null ? [] : System.Text.Json.JsonSerializer.Deserialize<List<string>>(json)!;

    sealed record Row(long Id, string Reference, string? Host, string Reason, string By, long CreatedMs, long? UntilMs, long? EndedMs, string? EndedBy,
        string Cves, long Exploited)
    {
        public Acceptance ToAcceptance() => new(Id, Reference, Host, Reason, By, DateTimeOffset.FromUnixTimeMilliseconds(CreatedMs), At(UntilMs), At(EndedMs),
            EndedBy);

        static DateTimeOffset? At(long? ms) => ms is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
    }
}
