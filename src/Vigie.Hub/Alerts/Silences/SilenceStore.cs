using Dapper;
using Vigie.Storage;

namespace Vigie.Hub.Alerts.Silences;

/// <summary>Silences, kept after their end as the record of who held back what.</summary>
sealed class SilenceStore(Database database, TimeProvider time) : IStoreSchema
{
    /// <summary>As long as a note may be, and a pattern.</summary>
    public const int LongestText = 200;

    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 silences", """
            CREATE TABLE silence(
              id INTEGER PRIMARY KEY AUTOINCREMENT, host TEXT NOT NULL, rule TEXT NOT NULL, from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
              author TEXT NOT NULL, note TEXT NOT NULL, created_ms INTEGER NOT NULL, ended_ms INTEGER, ended_by TEXT) STRICT;
            CREATE INDEX silence_until ON silence(until_ms);
            """),
    ];

    /// <summary>Those that are in force now or will be.</summary>
    public IReadOnlyList<Silence> Standing() =>
        Query("WHERE until_ms > @now AND ended_ms IS NULL ORDER BY from_ms, id", new { now = time.GetUtcNow().ToUnixTimeMilliseconds() });

    /// <summary>Those that had something to say at that moment.</summary>
    public IReadOnlyList<Silence> At(DateTimeOffset moment) =>
        Query("WHERE from_ms <= @ms AND until_ms > @ms AND coalesce(ended_ms, @ms + 1) > @ms", new { ms = moment.ToUnixTimeMilliseconds() });

    /// <summary>The newest first.</summary>
    public IReadOnlyList<Silence> Recent(int most) => Query("ORDER BY id DESC LIMIT @most", new { most });

    /// <returns>Its number.</returns>
    /// <exception cref="ArgumentException">Something is wrong; the message tells what, and the remedy.</exception>
    public async Task<long> AddAsync(string host, string rule, DateTimeOffset from, TimeSpan length, string by, string note, CancellationToken ct)
    {
        if (host.Length is 0 or > LongestText || rule.Length is 0 or > LongestText)
            throw new ArgumentException($"give a host and a rule of 1 to {LongestText} characters; * stands for any text");
        if (note.Length > LongestText)
            throw new ArgumentException($"the note is longer than {LongestText} characters");
        if (length < TimeSpan.FromMinutes(1) || length > Longest)
            throw new ArgumentException($"a silence lasts from 1 minute to {Longest.TotalDays:0} days");
        return await database.WriteAsync((connection, transaction) => connection.ExecuteScalar<long>("""
            INSERT INTO silence(host, rule, from_ms, until_ms, author, note, created_ms) VALUES(@host, @rule, @from, @until, @by, @note, @now) RETURNING id
            """, new
        {
            host,
            rule,
            from = from.ToUnixTimeMilliseconds(),
            until = (from + length).ToUnixTimeMilliseconds(),
            by,
            note,
            now = time.GetUtcNow().ToUnixTimeMilliseconds(),
        }, transaction), ct);
    }

    /// <returns>False when there is none of that number that still stands.</returns>
    public async Task<bool> EndAsync(long id, string by, CancellationToken ct) => await database.WriteAsync((connection, transaction) =>
        connection.Execute("UPDATE silence SET ended_ms = @now, ended_by = @by WHERE id = @id AND ended_ms IS NULL AND until_ms > @now",
            new { id, by, now = time.GetUtcNow().ToUnixTimeMilliseconds() }, transaction) > 0, ct);

    IReadOnlyList<Silence> Query(string where, object arguments) => database.Read(connection => (IReadOnlyList<Silence>)
    [
        .. connection.Query<Row>("""
            SELECT id AS Id, host AS Host, rule AS Rule, from_ms AS FromMs, until_ms AS UntilMs, author AS Author, note AS Note, ended_ms AS EndedMs
            FROM silence
            """ + ' ' + where, arguments).Select(r => r.ToSilence()),
    ]);

    sealed record Row(long Id, string Host, string Rule, long FromMs, long UntilMs, string Author, string Note, long? EndedMs)
    {
        public Silence ToSilence() => new(Id, Host, Rule, At(FromMs), At(UntilMs), Author, Note, EndedMs is { } ms ? At(ms) : null);

        static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
    }
}
