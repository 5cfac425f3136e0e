using Dapper;
using Vigie.Hub.Advisories.Matching;
using Vigie.Storage;

namespace Vigie.Hub.Advisories.Data;

/// <summary>A document as it is kept.</summary>
/// <param name="Fetched">When the source last gave it, or said that it holds.</param>
/// <param name="Wanted">What was kept of it: lines of suites, an empty line, lines of packages; empty when all was.</param>
sealed record KeptDocument(string Feed, string Path, string? ETag, string? LastModified, DateTimeOffset Fetched, int Rows, string Wanted)
{
    /// <summary>Whether what is wanted now was wanted then.</summary>
    public bool Covers(Wanted? wanted)
    {
        if (wanted is null)
            return true;
        string[] parts = Wanted.Split("\n\n", 2);
        var (suites, sources) = (Lines(parts[0]), Lines(parts.Length > 1 ? parts[1] : ""));
        return wanted.Suites?.IsSubsetOf(suites) != false && wanted.Sources?.IsSubsetOf(sources) != false;
    }

    public static string Text(Wanted? wanted) => wanted is null ? ""
        : $"{string.Join('\n', (wanted.Suites ?? new HashSet<string>()).Order(StringComparer.Ordinal))}\n\n"
            + string.Join('\n', (wanted.Sources ?? new HashSet<string>()).Order(StringComparer.Ordinal));

    static HashSet<string> Lines(string text) => new(text.Split('\n'), StringComparer.Ordinal);
}

/// <summary>All by which findings are judged and weighed.</summary>
/// <param name="Stamp">Another one when anything is other.</param>
sealed record Knowledge(SecurityData Data, Exploitation Exploitation, string Stamp);

/// <summary>What is kept of the documents of <see cref="IDataFeed"/>s, filtered to what the fleet needs, as rows of monitoring.db.</summary>
sealed class DataStore(Database database) : IStoreSchema
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 security data", """
            CREATE TABLE security_data(
              feed TEXT NOT NULL, path TEXT NOT NULL, etag TEXT, modified TEXT, fetched_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,
              rows INTEGER NOT NULL, wanted TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY(feed, path)) STRICT;
            """),
    ];

    public IReadOnlyList<KeptDocument> Of(string feed) => database.Read(connection => connection.Query<Row>(
        "SELECT path AS Path, etag AS ETag, modified AS Modified, fetched_ms AS FetchedMs, rows AS Rows, wanted AS Wanted FROM security_data "
        + "WHERE feed = @feed ORDER BY path", new { feed })
        .Select(r => new KeptDocument(feed, r.Path, r.ETag, r.Modified, DateTimeOffset.FromUnixTimeMilliseconds(r.FetchedMs), (int)r.Rows, r.Wanted))
        .ToList());

    public ValueTask SaveAsync(KeptDocument document, byte[] data, CancellationToken ct) => database.WriteAsync((connection, transaction) =>
    {
        connection.Execute(
            "INSERT OR REPLACE INTO security_data VALUES(@Feed, @Path, @ETag, @LastModified, @now, @now, @Rows, @Wanted, @data)", new
            {
                document.Feed,
                document.Path,
                document.ETag,
                document.LastModified,
                now = document.Fetched.ToUnixTimeMilliseconds(),
                document.Rows,
                document.Wanted,
                data,
            }, transaction);
    }, ct);

    /// <summary>The source says that what is kept still holds.</summary>
    public ValueTask HoldsAsync(string feed, string path, DateTimeOffset now, CancellationToken ct) => database.WriteAsync((connection, transaction) =>
    {
        connection.Execute("UPDATE security_data SET fetched_ms = @now WHERE feed = @feed AND path = @path",
            new { feed, path, now = now.ToUnixTimeMilliseconds() }, transaction);
    }, ct);

    /// <summary>Forgets what no host needs any more.</summary>
    public ValueTask KeepOnlyAsync(string feed, IReadOnlyCollection<string> paths, CancellationToken ct) => database.WriteAsync((connection, transaction) =>
    {
        connection.Execute("DELETE FROM security_data WHERE feed = @feed AND path NOT IN (SELECT value FROM json_each(@paths))",
            new { feed, paths = System.Text.Json.JsonSerializer.Serialize(paths) }, transaction);
    }, ct);

    /// <summary>Changes when any document does.</summary>
    public string Stamp() => database.Read(connection => connection.ExecuteScalar<string>(
        "SELECT coalesce(group_concat(feed || path || changed_ms || '/' || rows), '') FROM (SELECT * FROM security_data ORDER BY feed, path)"))!;

    /// <summary>Everything together; a document that can't be read is left out and reported.</summary>
    public Knowledge Read(Action<string, string> problem)
    {
        string stamp = Stamp();
        var data = new SecurityData();
        var exploited = new HashSet<long>();
        var percentiles = new Dictionary<long, float>();
        foreach (var (feed, path, bytes) in database.Read(connection =>
            connection.Query<(string, string, byte[])>("SELECT feed, path, data FROM security_data").AsList()))
            try
            {
                DataPacking.Unpack(bytes, data, exploited, percentiles);
            }
            catch (FormatException e)
            {
                problem(feed, $"what was kept of {path} can't be read and is fetched again: {e.Message}");
            }
        data.Seal();
        return new(data, new(exploited, percentiles), stamp);
    }

    sealed record Row(string Path, string? ETag, string? Modified, long FetchedMs, long Rows, string Wanted);
}
