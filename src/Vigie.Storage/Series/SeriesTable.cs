using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>The tables of series, of their words and of metrics.</summary>
static class SeriesTable
{
    public static void Insert(SqliteConnection connection, IReadOnlyList<SeriesEntry> entries)
    {
        if (entries.Count == 0)
            return;
        using var statement = Statement.Prepare(connection, "INSERT INTO series VALUES(?, ?, ?)");
        foreach (var entry in entries)
        {
            statement.Bind(1, entry.Id);
            statement.Bind(2, entry.Group.Id);
            statement.Bind(3, entry.Packed);
            statement.Run();
        }
    }

    public static void Insert(SqliteConnection connection, IReadOnlyList<(int Number, string Word)> words)
    {
        if (words.Count > 0)
            connection.Execute("INSERT INTO symbol VALUES(@Number, @Word)", words.Select(w => new { w.Number, w.Word }));
    }

    public static void Insert(SqliteConnection connection, Dictionary<string, MetricInfo> metrics)
    {
        if (metrics.Count > 0)
            connection.Execute("INSERT OR REPLACE INTO metric VALUES(@Key, @Name, @Unit, @Kind, @Help)",
                metrics.Select(m => new { m.Key, m.Value.Name, m.Value.Unit, Kind = (int)m.Value.Kind, m.Value.Help }));
    }

    public static IReadOnlyDictionary<string, MetricInfo> Metrics(SqliteConnection connection) => connection
        .Query<(string Name, string Declared, string Unit, long Kind, string Help)>("SELECT name, declared, unit, kind, help FROM metric")
        .ToDictionary(m => m.Name, m => new MetricInfo(m.Declared, m.Unit, (MetricKind)m.Kind, m.Help), StringComparer.Ordinal);

    public static void Delete(SqliteConnection connection, IEnumerable<SeriesEntry> entries)
    {
        using var statement = Statement.Prepare(connection, "DELETE FROM series WHERE id = ?");
        foreach (var entry in entries)
        {
            statement.Bind(1, entry.Id);
            statement.Run();
        }
    }
}
