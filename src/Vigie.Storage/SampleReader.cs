using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace Vigie.Storage;

/// <summary>One prepared statement that reads series after series.</summary>
sealed class SampleReader : IDisposable
{
    readonly SqliteCommand _command;
    readonly SqliteParameter _series, _from, _to;
    readonly List<long> _times = [];
    readonly List<double> _values = [];

    public SampleReader(SqliteConnection connection)
    {
        _command = connection.CreateCommand();
        _command.CommandText = "SELECT time_ms, value FROM sample WHERE series = $s AND time_ms BETWEEN $from AND $to ORDER BY time_ms";
        _series = _command.Parameters.Add("$s", SqliteType.Integer);
        _from = _command.Parameters.Add("$from", SqliteType.Integer);
        _to = _command.Parameters.Add("$to", SqliteType.Integer);
    }

    public (long[] Times, double[] Values)? Read(long series, long fromMs, long toMs)
    {
        (_series.Value, _from.Value, _to.Value) = (series, fromMs, toMs);
        _times.Clear();
        _values.Clear();
        using var reader = _command.ExecuteReader();
        while (reader.Read())
        {
            _times.Add(reader.GetInt64(0));
            _values.Add(reader.GetFieldType(1) == typeof(byte[])
                ? BinaryPrimitives.ReadDoubleLittleEndian((byte[])reader.GetValue(1))
                : reader.GetDouble(1));
        }
        return _times.Count == 0 ? null : ([.. _times], [.. _values]);
    }

    public void Dispose() => _command.Dispose();
}
