using System.Text.Encodings.Web;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Hub.Alerts;
using Vigie.Storage;

namespace Vigie.Hub.Advisories;

/// <param name="Type">Null for all.</param>
/// <param name="Text">Words that must all occur in reference, title, risks, CVEs or products; null for all.</param>
sealed record AdvisoryQuery(string? Type, string? Text, int Most, bool AlertsFirst)
{
    /// <summary>Only these references; null for all.</summary>
    public IReadOnlyCollection<string>? Only { get; init; }

    /// <summary>References that come before others.</summary>
    public IReadOnlyCollection<string> First { get; init; } = [];

    /// <summary>open or closed, of alerts; null for all.</summary>
    public string? State { get; init; }
}

/// <summary>A change of an advisory as the hub has seen it.</summary>
/// <param name="Detail">CVEs that came or went.</param>
sealed record AdvisoryLogLine(DateTimeOffset At, IReadOnlyList<ChangeKind> Kinds, string Detail);

/// <summary>The advisories of all feeds, as rows of monitoring.db.</summary>
sealed class AdvisoryStore(Database database) : IStoreSchema
{
    const string Columns = """
        SELECT reference AS Reference, feed AS Feed, type AS Type, number AS Number, title AS Title, url AS Url, first_day AS FirstDay, last_day AS LastDay,
               closed_day AS ClosedDay, detail AS Detail, summary AS Summary, content AS Content, affected_text AS AffectedText, risks AS Risks, cves AS Cves,
               affected AS Affected, links AS Links, revisions AS Revisions FROM advisory
        """;

    /// <summary>Not escaped beyond need: the lists are searched and read by people too.</summary>
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-22 advisories", """
            CREATE TABLE advisory(
              reference TEXT PRIMARY KEY, feed TEXT NOT NULL, type TEXT NOT NULL, number INTEGER NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL,
              first_day TEXT NOT NULL, last_day TEXT NOT NULL, closed_day TEXT, detail TEXT NOT NULL CHECK (detail IN ('full', 'missing', 'none')),
              summary TEXT NOT NULL, content TEXT NOT NULL, affected_text TEXT NOT NULL,
              -- lists are JSON
              risks TEXT NOT NULL, cves TEXT NOT NULL, affected TEXT NOT NULL, links TEXT NOT NULL, revisions TEXT NOT NULL,
              search TEXT NOT NULL, raw BLOB NOT NULL, hash BLOB NOT NULL,
              added_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, checked_ms INTEGER NOT NULL) STRICT;
            CREATE INDEX advisory_newest ON advisory(first_day, number);
            CREATE INDEX advisory_of_feed ON advisory(feed);
            """),
        new("2026-11-24 advisories that were there before", "ALTER TABLE advisory ADD COLUMN backlog INTEGER NOT NULL DEFAULT 1;"),
        new("2026-11-24 changes of advisories", """
            CREATE TABLE advisory_change(id INTEGER PRIMARY KEY, reference TEXT NOT NULL, time_ms INTEGER NOT NULL, kinds TEXT NOT NULL, detail TEXT NOT NULL)
              STRICT;
            CREATE INDEX advisory_change_of ON advisory_change(reference);
            """),
    ];

    /// <summary>
    /// Stores what was fetched, and in the same transaction puts the messages into the outbox that an alert not known before
    /// calls for. A stub never replaces a full advisory.
    /// </summary>
    /// <param name="channels">Who is told of a new alert; none for a backlog.</param>
    /// <param name="isBacklog">It was there before the hub began to listen.</param>
    public async Task<AdvisoryChange> SaveAsync(Advisory advisory, IReadOnlyList<string> channels, DateTimeOffset now, CancellationToken ct,
        bool isBacklog = false) =>
        await database.WriteAsync((connection, transaction) =>
        {
            long nowMs = now.ToUnixTimeMilliseconds();
            byte[] hash = CanonicalForm.Hash(advisory);
            if (Find(connection, advisory.Reference) is not { } before)
            {
                Write(connection, transaction, advisory, hash, isBacklog, nowMs);
                if (advisory.IsAlert)
                    foreach (string channel in channels)
                        OutboxStore.Put(connection, transaction, NotificationKind.Advisory, advisory.Reference, channel, nowMs);
                return new AdvisoryChange(SaveOutcome.New, []);
            }
            byte[] old = connection.ExecuteScalar<byte[]>("SELECT hash FROM advisory WHERE reference = @Reference",
                new { advisory.Reference }, transaction)!;
            if (old.AsSpan().SequenceEqual(hash) || (before.Detail == DetailState.Full && advisory.Detail != DetailState.Full))
            {
                Touch(connection, transaction, [advisory.Reference], nowMs);
                return new AdvisoryChange(SaveOutcome.Same, []);
            }
            Write(connection, transaction, advisory, hash, isBacklog, nowMs);
            var kinds = CanonicalForm.Differences(before, advisory);
            connection.Execute("INSERT INTO advisory_change(reference, time_ms, kinds, detail) VALUES(@Reference, @nowMs, @kinds, @detail)",
                new { advisory.Reference, nowMs, kinds = string.Join(' ', kinds), detail = Detail(before, advisory) }, transaction);
            return new AdvisoryChange(SaveOutcome.Changed, kinds);
        }, ct);

    /// <summary>Which CVEs came and went; the first ones when they are many.</summary>
    static string Detail(Advisory before, Advisory after)
    {
        const int Most = 10;
        string[] all = [.. after.Cves.Except(before.Cves, StringComparer.Ordinal).Select(c => "+" + c),
            .. before.Cves.Except(after.Cves, StringComparer.Ordinal).Select(c => "−" + c)];
        return string.Join(' ', all.Take(Most)) + (all.Length > Most ? $" … ({all.Length})" : "");
    }

    /// <summary>What has changed in an advisory since the hub knows it, the newest first.</summary>
    public IReadOnlyList<AdvisoryLogLine> Log(string reference) => database.Read(connection => connection.Query<(long, string, string)>(
        "SELECT time_ms, kinds, detail FROM advisory_change WHERE reference = @reference ORDER BY id DESC LIMIT 100", new { reference })
        .Select(c => new AdvisoryLogLine(DateTimeOffset.FromUnixTimeMilliseconds(c.Item1),
            [.. c.Item2.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(k => Enum.Parse<ChangeKind>(k))], c.Item3)).ToList());

    /// <summary>The source was asked for these and had nothing new.</summary>
    public async Task CheckedAsync(IReadOnlyCollection<string> references, DateTimeOffset now, CancellationToken ct) =>
        await database.WriteAsync((connection, transaction) =>
            Touch(connection, transaction, references, now.ToUnixTimeMilliseconds()), ct);

    public Advisory? Find(string reference) => database.Read(connection => Find(connection, reference.Trim().ToUpperInvariant()));

    /// <summary>The newest first; when asked for, open alerts before all others,
    /// behind them those whose state is not known; with the number of all that match.</summary>
    public (IReadOnlyList<Advisory> Rows, int Found) Search(AdvisoryQuery query)
    {
        var where = new List<string>();
        var arguments = new DynamicParameters(new
        {
            query.Type,
            query.Most,
            only = query.Only is null ? null : JsonSerializer.Serialize(query.Only),
            before = JsonSerializer.Serialize(query.First),
        });
        if (!string.IsNullOrEmpty(query.Type))
            where.Add("type = @Type");
        if (query.Only is not null)
            where.Add("reference IN (SELECT value FROM json_each(@only))");
        if (query.State is "open" or "closed")
            where.Add($"type = 'ALE' AND detail = 'full' AND closed_day IS {(query.State == "open" ? "" : "NOT ")}NULL");
        string[] words = OutsideText.Fold(query.Text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        foreach (var (i, word) in words.Take(10).Index())
        {
            where.Add($"instr(search, @w{i}) > 0");
            arguments.Add($"w{i}", word);
        }
        string filter = where.Count == 0 ? "" : " WHERE " + string.Join(" AND ", where);
        string order = (query.AlertsFirst ? "CASE WHEN type = 'ALE' AND closed_day IS NULL THEN 1 + (detail = 'full') ELSE 0 END DESC, " : "")
            + (query.First.Count > 0 ? "reference IN (SELECT value FROM json_each(@before)) DESC, " : "")
            + "first_day DESC, number DESC, reference";
        return database.Read(connection => (
            (IReadOnlyList<Advisory>)[.. connection.Query<Row>($"{Columns}{filter} ORDER BY {order} LIMIT @Most", arguments)
                .Select(r => r.ToAdvisory())],
            connection.ExecuteScalar<int>("SELECT count(*) FROM advisory" + filter, arguments)));
    }

    /// <summary>Those that are not as they were when they had these times of change; each with its time.</summary>
    public IReadOnlyList<(Advisory Advisory, long ChangedMs)> Changed(IReadOnlyDictionary<string, long> known) => database.Read(connection =>
    {
        var times = connection.Query<(string Reference, long Ms)>("SELECT reference, changed_ms FROM advisory")
            .Where(t => !known.TryGetValue(t.Reference, out long ms) || ms != t.Ms).ToDictionary(t => t.Reference, t => t.Ms, StringComparer.Ordinal);
        if (times.Count == 0)
            return [];
        string list = JsonSerializer.Serialize(times.Keys);
        return connection.Query<Row>(Columns + " WHERE reference IN (SELECT value FROM json_each(@list))", new { list }, buffered: false)
            .Select(r => (r.ToAdvisory(), times[r.Reference])).ToList();
    });

    /// <summary>The documents as they came, of those whose detail is there.</summary>
    public IReadOnlyList<(string Reference, string Feed, byte[] Raw)> Raw() => database.Read(connection => connection.Query<(string, string, byte[])>(
        "SELECT reference, feed, raw FROM advisory WHERE detail = 'full' AND length(raw) > 0 ORDER BY reference").AsList());

    /// <summary>The references of those that were there before the hub listened.</summary>
    public HashSet<string> Backlog() => database.Read(connection =>
        connection.Query<string>("SELECT reference FROM advisory WHERE backlog").ToHashSet(StringComparer.Ordinal));

    /// <summary>How many there are of each type.</summary>
    public IReadOnlyDictionary<string, int> Types() => database.Read(connection => connection
        .Query<(string Type, long Count)>("SELECT type, count(*) FROM advisory GROUP BY type ORDER BY type")
        .ToDictionary(t => t.Type, t => (int)t.Count, StringComparer.Ordinal));

    public IReadOnlyDictionary<string, KnownAdvisory> KnownOf(string feed) => database.Read(connection => connection
        .Query<Known>("""
            SELECT reference AS Reference, type AS Type, first_day AS First, last_day AS Last, closed_day AS Closed, detail AS Detail, checked_ms AS CheckedMs
            FROM advisory WHERE feed = @feed
            """, new { feed })
        .Select(k => new KnownAdvisory(k.Reference, k.Type, Day(k.First), Day(k.Last), k.Closed is null ? null : Day(k.Closed),
            State(k.Detail), DateTimeOffset.FromUnixTimeMilliseconds(k.CheckedMs)))
        .ToDictionary(k => k.Reference, StringComparer.Ordinal));

    static Advisory? Find(SqliteConnection connection, string reference) =>
        connection.QuerySingleOrDefault<Row>(Columns + " WHERE reference = @reference", new { reference })?.ToAdvisory();

    static void Touch(SqliteConnection connection, SqliteTransaction transaction, IEnumerable<string> references, long nowMs) =>
        connection.Execute("UPDATE advisory SET checked_ms = @nowMs WHERE reference = @reference",
            references.Select(reference => new { reference, nowMs }), transaction);

    static void Write(SqliteConnection connection, SqliteTransaction transaction, Advisory a, byte[] hash, bool isBacklog, long nowMs) => connection.Execute("""
        INSERT INTO advisory VALUES(@Reference, @Feed, @Type, @Number, @Title, @Url, @first, @last, @closed, @detail, @Summary, @Content, @AffectedText,
          @risks, @cves, @affected, @links, @revisions, @search, @Raw, @hash, @nowMs, @nowMs, @nowMs, @isBacklog)
        ON CONFLICT DO UPDATE SET title = excluded.title, url = excluded.url, first_day = excluded.first_day, last_day = excluded.last_day,
          closed_day = excluded.closed_day, detail = excluded.detail, summary = excluded.summary, content = excluded.content,
          affected_text = excluded.affected_text, risks = excluded.risks, cves = excluded.cves, affected = excluded.affected, links = excluded.links,
          revisions = excluded.revisions, search = excluded.search, raw = excluded.raw, hash = excluded.hash, changed_ms = @nowMs, checked_ms = @nowMs
        """, new
    {
        a.Reference,
        a.Feed,
        a.Type,
        a.Number,
        a.Title,
        a.Url,
        first = Text(a.First),
        last = Text(a.Last),
        closed = a.Closed is { } closed ? Text(closed) : null,
        detail = a.Detail.ToString().ToLowerInvariant(),
        a.Summary,
        a.Content,
        a.AffectedText,
        risks = List(a.Risks),
        cves = List(a.Cves),
        affected = List(a.Affected),
        links = List(a.Links),
        revisions = List(a.Revisions),
        search = SearchText(a),
        a.Raw,
        hash,
        isBacklog,
        nowMs,
    }, transaction);

    static string SearchText(Advisory a)
    {
        var affected = a.Affected.Select(s => $"{s.Vendor} {s.Product}").Distinct(StringComparer.Ordinal);
        return OutsideText.Fold(string.Join('\n', [a.Reference, a.Title, .. a.Risks, .. a.Cves, .. affected]));
    }

    static string List<T>(IReadOnlyList<T> values) => JsonSerializer.Serialize(values, Json);

    static string Text(DateOnly day) => day.ToString("yyyy-MM-dd");

    static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd");

    static DetailState State(string text) => Enum.Parse<DetailState>(text, ignoreCase: true);

    sealed record Known(string Reference, string Type, string First, string Last, string? Closed, string Detail, long CheckedMs);

    sealed record Row(string Reference, string Feed, string Type, long Number, string Title, string Url,
        string FirstDay, string LastDay, string? ClosedDay, string Detail, string Summary, string Content,
        string AffectedText, string Risks, string Cves, string Affected, string Links, string Revisions)
    {
        public Advisory ToAdvisory() => new()
        {
            Reference = Reference,
            Feed = Feed,
            Type = Type,
            Number = (int)Number,
            Title = Title,
            Url = Url,
            First = Day(FirstDay),
            Last = Day(LastDay),
            Closed = ClosedDay is null ? null : Day(ClosedDay),
            Detail = State(Detail),
            Summary = Summary,
            Content = Content,
            AffectedText = AffectedText,
            Risks = Read<string>(Risks),
            Cves = Read<string>(Cves),
            Affected = Read<AffectedSystem>(Affected),
            Links = Read<AdvisoryLink>(Links),
            Revisions = Read<AdvisoryRevision>(Revisions),
        };

        static List<T> Read<T>(string json) => JsonSerializer.Deserialize<List<T>>(json)!;
    }
}
