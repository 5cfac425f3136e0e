using System.Buffers.Binary;
using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>Rows of the tables that held a row a sample, before there were blocks.</summary>
static class OldSamples
{
    const int BatchSamples = 100_000;

    /// <summary>Whether the file has some that were not taken over yet.</summary>
    public static bool Exist(SqliteConnection connection) =>
        connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema WHERE name = 'old_sample'") > 0;

    /// <summary>All of them in batches, by time, so that series of one host share their instants.</summary>
    public static IEnumerable<SampleBatch> Read(SqliteConnection connection)
    {
        var metrics = SeriesTable.Metrics(connection);
        var series = connection.Query<(long Id, string Labels)>("SELECT id, labels FROM old_series").ToDictionary(s => s.Id, s =>
        {
            var labels = LabelsJson.Parse(s.Labels);
            return new Series(labels, metrics.GetValueOrDefault(labels.Name) ?? new(labels.Name, "", MetricKind.Gauge, ""));
        });
        var batch = new SampleBatch();
        using var statement = Statement.Prepare(connection, """
            SELECT series, time_ms, typeof(value) = 'blob', value FROM old_sample ORDER BY time_ms, series
            """);
        while (statement.Next())
        {
            if (!series.TryGetValue(statement.Integer(0), out var known))
                continue;
            double value = statement.Integer(2) != 0 ? BinaryPrimitives.ReadDoubleLittleEndian(statement.Blob(3)) : statement.Real(3);
            batch.Add(known, statement.Integer(1), value);
            if (batch.Count < BatchSamples)
                continue;
            yield return batch;
            batch.Clear();
        }
        if (batch.Count > 0)
            yield return batch;
    }

    public static void Drop(SqliteConnection connection) => Database.Execute(connection, "DROP TABLE old_sample; DROP TABLE old_series");
}
