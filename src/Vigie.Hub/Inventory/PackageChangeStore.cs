using Dapper;
using Vigie.Agent.Inventory;
using Vigie.Storage;

namespace Vigie.Hub.Inventory;

/// <summary>A source package of a host that is new, gone, or of another version.</summary>
/// <param name="Before">Empty when it is new.</param>
/// <param name="After">Empty when it is gone.</param>
sealed record PackageChange(DateTimeOffset At, string Package, string Before, string After);

/// <summary>What has changed between two inventories of a host, as rows of monitoring.db. They go when their host goes.</summary>
sealed class PackageChangeStore(Database database, TimeProvider time) : IStoreSchema
{
    /// <summary>An upgrade of a whole distribution changes a thousand; of more nobody wants to know one by one.</summary>
    const int MostAtOnce = 2000;

    static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("2026-11-24 package changes", """
            CREATE TABLE package_change(
              id INTEGER PRIMARY KEY AUTOINCREMENT, host TEXT NOT NULL, at_ms INTEGER NOT NULL, package TEXT NOT NULL, before TEXT NOT NULL,
              after TEXT NOT NULL) STRICT;
            CREATE INDEX package_change_of ON package_change(host, at_ms);
            CREATE TRIGGER forget_package_change AFTER DELETE ON host BEGIN DELETE FROM package_change WHERE host = old.name; END;
            """),
    ];

    /// <summary>The newest first.</summary>
    public IReadOnlyList<PackageChange> Of(string host, DateTimeOffset from, DateTimeOffset to, int most) => database.Read(connection =>
        (IReadOnlyList<PackageChange>)
        [
            .. connection.Query<(long AtMs, string Package, string Before, string After)>("""
                SELECT at_ms, package, before, after FROM package_change WHERE host = @host AND at_ms > @from AND at_ms <= @to
                ORDER BY at_ms DESC, package LIMIT @most
                """, new { host, from = from.ToUnixTimeMilliseconds(), to = to.ToUnixTimeMilliseconds(), most })
                .Select(c => new PackageChange(DateTimeOffset.FromUnixTimeMilliseconds(c.AtMs), c.Package, c.Before, c.After)),
        ]);

    /// <summary>Notes what differs. The first inventory of a host changes nothing, nor does one without packages: it could not be read.</summary>
    public async Task NoteAsync(string host, InventoryDocument? before, InventoryDocument? after, CancellationToken ct)
    {
        if (before is not { Packages.Count: > 0 } || after is not { Packages.Count: > 0 })
            return;
        var old = Versions(before);
        var now = Versions(after);
        var changes = old.Keys.Union(now.Keys).Where(p => old.GetValueOrDefault(p) != now.GetValueOrDefault(p)).Order(StringComparer.Ordinal)
            .Take(MostAtOnce).ToList();
        if (changes.Count == 0)
            return;
        long at = time.GetUtcNow().ToUnixTimeMilliseconds();
        await database.WriteAsync((connection, transaction) =>
        {
            foreach (string package in changes)
                connection.Execute("INSERT INTO package_change(host, at_ms, package, before, after) VALUES(@host, @at, @package, @before, @after)",
                    new { host, at, package, before = old.GetValueOrDefault(package, ""), after = now.GetValueOrDefault(package, "") }, transaction);
            connection.Execute("DELETE FROM package_change WHERE host = @host AND at_ms < @least",
                new { host, least = at - (long)KeptFor.TotalMilliseconds }, transaction);
        }, ct);
    }

    /// <summary>A source may be there in several versions, such as kernels.</summary>
    static Dictionary<string, string> Versions(InventoryDocument document) => document.Packages.GroupBy(p => p.Source, StringComparer.Ordinal)
        .ToDictionary(p => p.Key, p => string.Join(", ", p.Select(v => v.Version).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
            StringComparer.Ordinal);
}
