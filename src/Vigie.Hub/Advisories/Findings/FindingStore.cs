using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Hub.Advisories.Matching;
using Vigie.Storage;

namespace Vigie.Hub.Advisories.Findings;

/// <summary>Which of a host's findings are news, and for whom.</summary>
/// <param name="IsFirst">The host is judged for the first time: nobody is told.</param>
/// <param name="Backlog">Advisories that were there before the hub listened: new findings of theirs are no news.</param>
sealed record NewsRule(bool IsFirst, IReadOnlySet<string> Backlog)
{
    public bool Holds(Finding now, Finding? before)
    {
        if (IsFirst || now is not { Tier: Tier.Concerns, Verdict: Verdict.FixAvailable })
            return false;
        if (before is null or { Ended: not null })
            return now.IsUrgent && !Backlog.Contains(now.Reference);
        return (before.Verdict == Verdict.FixPending && now.Level > FindingLevel.None) || (now.IsUrgent && !before.IsUrgent);
    }
}

/// <summary>What holds for the hosts, as rows of monitoring.db: one for each advisory, host and package. A row stays for a while when it is over.</summary>
sealed class FindingStore(Database database) : IStoreSchema
{
    const string Columns = """
        SELECT host AS Host, reference AS Reference, package AS Package, tier AS Tier, verdict AS Verdict, level AS Level, level_reason AS LevelReason,
               installed AS Installed, fixed AS Fixed, reason AS Reason, command AS Command, exploited AS Exploited, urgent AS Urgent,
               since_ms AS SinceMs, first_ms AS FirstMs, ended_ms AS EndedMs, accepted AS Accepted, mail AS Mail FROM finding
        """;

    /// <summary>Something is to be done, or will be.</summary>
    const string IsOpen = "tier = 'concerns' AND ended_ms IS NULL AND verdict IN ('fix-available', 'restart-needed', 'fix-pending')";

    /// <summary>Is about to be told.</summary>
    const int Untold = -1;

    static readonly TimeSpan KeepEnded = TimeSpan.FromDays(90);

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 findings", """
            CREATE TABLE finding(
              host TEXT NOT NULL, reference TEXT NOT NULL, package TEXT NOT NULL, tier TEXT NOT NULL, verdict TEXT NOT NULL,
              level TEXT NOT NULL, level_reason TEXT NOT NULL, installed TEXT NOT NULL, fixed TEXT, reason TEXT NOT NULL, command TEXT,
              exploited INTEGER NOT NULL, urgent INTEGER NOT NULL, since_ms INTEGER NOT NULL, first_ms INTEGER NOT NULL, ended_ms INTEGER,
              accepted INTEGER NOT NULL DEFAULT 0,
              -- number of the message that told of it: 0 for none, -1 when it is to be told
              mail INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(host, reference, package)) STRICT, WITHOUT ROWID;
            CREATE INDEX finding_of_advisory ON finding(reference);
            -- pages and metrics ask for these alone; rows that only share a CVE are far more
            CREATE INDEX finding_open ON finding(reference) WHERE tier = 'concerns' AND ended_ms IS NULL;
            CREATE INDEX finding_untold ON finding(mail) WHERE mail < 0;
            CREATE TABLE pending_update(host TEXT NOT NULL, package TEXT NOT NULL, installed TEXT NOT NULL, fixed TEXT NOT NULL, cves INTEGER NOT NULL,
              worst TEXT NOT NULL, PRIMARY KEY(host, package)) STRICT, WITHOUT ROWID;
            -- when a host was first judged by data of its distribution
            CREATE TABLE judged_host(host TEXT PRIMARY KEY, first_ms INTEGER NOT NULL) STRICT;
            CREATE TRIGGER forget_findings AFTER DELETE ON host BEGIN
              DELETE FROM finding WHERE host = old.name;
              DELETE FROM pending_update WHERE host = old.name;
              DELETE FROM judged_host WHERE host = old.name;
            END;
            """),
    ];

    /// <summary>Makes these the findings of a host. What is not among them any more has ended.</summary>
    /// <param name="open">With something left to do or to know.</param>
    /// <param name="isJudged">Whether data of its distribution are there.</param>
    /// <param name="backlog">See <see cref="NewsRule"/>.</param>
    public async Task ApplyAsync(string host, IReadOnlyList<Finding> open, IReadOnlyList<PendingUpdate> updates, bool isJudged,
        IReadOnlySet<string> backlog, DateTimeOffset now, CancellationToken ct) => await database.WriteAsync((connection, transaction) =>
        {
            long nowMs = now.ToUnixTimeMilliseconds();
            bool isFirst = !connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM judged_host WHERE host = @host)", new { host }, transaction);
            var news = new NewsRule(isFirst, backlog);
            var before = connection.Query<Row>(Columns + " WHERE host = @host", new { host }, transaction)
                .Select(r => r.ToFinding()).ToDictionary(f => (f.Reference, f.Package));
            foreach (var finding in open)
            {
                before.Remove((finding.Reference, finding.Package), out var old);
                if (old is not null && Same(old, finding))
                    continue;
                Write(connection, transaction, finding, old, news.Holds(finding, old), nowMs);
            }
            foreach (var gone in before.Values.Where(f => f.Ended is null))
                connection.Execute("UPDATE finding SET ended_ms = @nowMs, verdict = 'fixed', since_ms = @nowMs, mail = max(mail, 0) "
                    + "WHERE host = @Host AND reference = @Reference AND package = @Package",
                    new { nowMs, gone.Host, gone.Reference, gone.Package }, transaction);
            connection.Execute("DELETE FROM pending_update WHERE host = @host", new { host }, transaction);
            connection.Execute("INSERT INTO pending_update VALUES(@host, @Package, @Installed, @Fixed, @Cves, @Worst)",
                updates.Select(u => new { host, u.Package, u.Installed, u.Fixed, u.Cves, u.Worst }), transaction);
            if (isFirst && isJudged)
                connection.Execute("INSERT INTO judged_host VALUES(@host, @nowMs)", new { host, nowMs }, transaction);
        }, ct);

    static bool Same(Finding old, Finding now) => old == now with
    {
        Since = old.Since,
        First = old.First,
        IsAccepted = old.IsAccepted,
        Mail = old.Mail,
    };

    static void Write(SqliteConnection connection, SqliteTransaction transaction, Finding f, Finding? old, bool isNews, long nowMs) => connection.Execute("""
        INSERT OR REPLACE INTO finding VALUES(@Host, @Reference, @Package, @tier, @verdict, @level, @LevelReason, @Installed, @Fixed, @Reason, @Command,
          @IsExploited, @IsUrgent, @since, @first, NULL, @accepted, @mail)
        """, new
    {
        f.Host,
        f.Reference,
        f.Package,
        tier = f.Tier.Text(),
        verdict = f.Verdict.Text(),
        level = f.Level.Text(),
        f.LevelReason,
        f.Installed,
        f.Fixed,
        f.Reason,
        f.Command,
        f.IsExploited,
        f.IsUrgent,
        since = old is { Ended: null } && old.Verdict == f.Verdict ? old.Since.ToUnixTimeMilliseconds() : nowMs,
        first = old is { Ended: null } ? old.First.ToUnixTimeMilliseconds() : nowMs,
        accepted = old?.IsAccepted == true,
        mail = isNews ? Untold : old is { Ended: null } ? old.Mail : 0,
    }, transaction);

    /// <summary>Deletes what has long ended, and what belongs to hosts that tell no inventory any more.</summary>
    public ValueTask CleanAsync(IEnumerable<string> hosts, DateTimeOffset now, CancellationToken ct) => database.WriteAsync((connection, transaction) =>
    {
        connection.Execute("DELETE FROM finding WHERE ended_ms < @before", new { before = (now - KeepEnded).ToUnixTimeMilliseconds() }, transaction);
        string list = System.Text.Json.JsonSerializer.Serialize(hosts);
        foreach (string table in new[] { "finding", "pending_update", "judged_host" })
            connection.Execute($"DELETE FROM {table} WHERE host NOT IN (SELECT value FROM json_each(@list))", new { list }, transaction);
    }, ct);

    /// <summary>Takes what is to be told and not accepted, by advisory, and marks it with the number of a message that <paramref name="put"/> gives.</summary>
    public async Task TellAsync(Func<SqliteConnection, SqliteTransaction, string, int> put, CancellationToken ct)
    {
        if (database.Read(connection => !connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM finding WHERE mail < 0)")))
            return;
        await database.WriteAsync((connection, transaction) =>
        {
            foreach (string reference in connection.Query<string>("SELECT DISTINCT reference FROM finding WHERE mail < 0 AND NOT accepted", null, transaction)
                .AsList())
                connection.Execute("UPDATE finding SET mail = @mail WHERE reference = @reference AND mail < 0 AND NOT accepted",
                    new { reference, mail = put(connection, transaction, reference) }, transaction);
            connection.Execute("UPDATE finding SET mail = 0 WHERE mail < 0", null, transaction);
        }, ct);
    }

    /// <summary>All of an advisory, the worst first; with what has ended.</summary>
    public IReadOnlyList<Finding> Of(string reference) => Sorted(Query("WHERE reference = @reference", new { reference }));

    public IReadOnlyList<Finding> OfHost(string host) => Sorted(Query("WHERE host = @host AND ended_ms IS NULL", new { host }));

    /// <summary>Of a host what concerns it and asks for something, for whom only that matters.</summary>
    public IReadOnlyList<Finding> OpenOf(string host) => Sorted(Query($"WHERE host = @host AND {IsOpen} AND NOT accepted", new { host }));

    public IReadOnlyList<PendingUpdate> Updates(string host) => database.Read(connection => connection.Query<(string, string, string, long, string)>(
        "SELECT package, installed, fixed, cves, worst FROM pending_update WHERE host = @host ORDER BY package", new { host })
        .Select(u => new PendingUpdate(u.Item1, u.Item2, u.Item3, (int)u.Item4, u.Item5)).ToList());

    /// <summary>How many advisories concern how many servers.</summary>
    public (int Advisories, int Hosts) Totals() => database.Read(connection => connection.QuerySingle<(long, long)>(
        $"SELECT count(DISTINCT reference), count(DISTINCT host) FROM finding WHERE {IsOpen} AND NOT accepted")) is var (a, h) ? ((int)a, (int)h) : default;

    /// <summary>How each advisory stands that concerns somebody, or of which that is not known.</summary>
    public IReadOnlyDictionary<string, Concern> Concerns(string? package = null) => Query(
        "WHERE tier = 'concerns' AND ended_ms IS NULL AND NOT accepted AND verdict <> 'wont-fix' AND (@package IS NULL OR package = @package)", new { package })
        .GroupBy(f => f.Reference, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => new Concern(g.Key,
            g.Where(f => f.Verdict != Verdict.Unknown).Select(f => f.Host).Distinct(StringComparer.Ordinal).Count(),
            g.Where(f => f.Verdict == Verdict.Unknown).Select(f => f.Host).Distinct(StringComparer.Ordinal).Count(),
            g.Max(f => f.Level), g.Min(f => f.Verdict), g.Any(f => f.IsExploited)), StringComparer.Ordinal);

    /// <summary>How many open findings each host has of each level and verdict.</summary>
    public IReadOnlyList<(string Host, string Level, string Verdict, long Count)> Counts() => database.Read(connection =>
        connection.Query<(string, string, string, long)>(
            "SELECT host, level, verdict, count(*) FROM finding WHERE tier = 'concerns' AND ended_ms IS NULL AND NOT accepted GROUP BY 1, 2, 3").AsList());

    static List<Finding> Sorted(IEnumerable<Finding> findings) =>
        [.. findings.OrderBy(f => f.Ended is not null).ThenBy(f => f.Tier).ThenByDescending(f => f.Level).ThenBy(f => f.Verdict)
            .ThenBy(f => f.Host, StringComparer.OrdinalIgnoreCase).ThenBy(f => f.Reference, StringComparer.Ordinal)
            .ThenBy(f => f.Package, StringComparer.Ordinal)];

    List<Finding> Query(string where, object arguments) =>
        database.Read(connection => connection.Query<Row>($"{Columns} {where}", arguments).Select(r => r.ToFinding()).ToList());

    sealed record Row(string Host, string Reference, string Package, string Tier, string Verdict, string Level, string LevelReason, string Installed,
        string? Fixed, string Reason, string? Command, long Exploited, long Urgent, long SinceMs, long FirstMs, long? EndedMs, long Accepted, long Mail)
    {
        public Finding ToFinding() => new(Host, Reference, Package, Tier == "concerns" ? Matching.Tier.Concerns : Matching.Tier.SharesCve,
            VerdictNames.Parse(Verdict), Enum.Parse<FindingLevel>(Level, ignoreCase: true), LevelReason, Installed, Fixed, Reason, Command, Exploited != 0,
            Urgent != 0)
        {
            Since = DateTimeOffset.FromUnixTimeMilliseconds(SinceMs),
            First = DateTimeOffset.FromUnixTimeMilliseconds(FirstMs),
            Ended = EndedMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
            IsAccepted = Accepted != 0,
            Mail = (int)Mail,
        };
    }
}
