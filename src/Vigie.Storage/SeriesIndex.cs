using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// The label sets of monitoring.db in memory: by label set for the writer, by metric name for queries. Follows what other
/// processes add or delete.
/// </summary>
sealed class SeriesIndex
{
    readonly Lock _lock = new();
    readonly Dictionary<Labels, long> _numbers = [];
    readonly Dictionary<string, List<(long Id, Labels Labels)>> _byName = new(StringComparer.Ordinal);
    readonly Dictionary<string, MetricInfo> _metrics = new(StringComparer.Ordinal);
    long _generation = 1, _last;

    /// <summary>Reads the series that have come since, and starts anew when some were deleted elsewhere.</summary>
    public void Refresh(SqliteConnection connection)
    {
        lock (_lock)
        {
            long last = connection.ExecuteScalar<long?>("SELECT max(id) FROM series") ?? 0;
            long count = last == _last ? _numbers.Count : connection.ExecuteScalar<long>("SELECT count(*) FROM series WHERE id <= @_last", new { _last });
            if (last < _last || count < _numbers.Count)
                Clear();
            if (last <= _last)
                return;
            foreach (var (id, labels) in connection.Query<(long, string)>("SELECT id, labels FROM series WHERE id > @_last ORDER BY id", new { _last }))
                Add(id, MetricStore.Parse(labels));
        }
    }

    /// <summary>Forgets all; the next use reads the table again.</summary>
    public void Forget()
    {
        lock (_lock)
            Clear();
    }

    /// <summary>The number of a series, given at its first sample. Called by the one writer, inside its transaction.</summary>
    public long NumberOf(Series series, SqliteConnection connection)
    {
        lock (_lock)
        {
            // The tag holds the generation above 40 bits of number: after Forget() no old tag is believed.
            if (series.StoreTag >> 40 == _generation)
                return series.StoreTag & ((1L << 40) - 1);
            if (!_numbers.TryGetValue(series.Labels, out long id))
            {
                id = connection.ExecuteScalar<long>("INSERT INTO series(labels) VALUES(@labels) RETURNING id", new { labels = MetricStore.Write(series.Labels) });
                Add(id, series.Labels);
            }
            Declare(series, connection);
            series.StoreTag = (_generation << 40) | id;
            return id;
        }
    }

    public List<(long Id, Labels Labels)> Find(IReadOnlyList<LabelMatcher> matchers)
    {
        lock (_lock)
        {
            var name = matchers.FirstOrDefault(m => m is { Name: Labels.MetricName, Kind: MatchKind.Equal });
            IEnumerable<(long, Labels)> candidates = name is null ? _byName.Values.SelectMany(s => s)
                : _byName.TryGetValue(name.Value, out var named) ? named : [];
            return [.. candidates.Where(s => matchers.All(m => m.Matches(s.Item2)))];
        }
    }

    void Declare(Series series, SqliteConnection connection)
    {
        string name = series.Labels.Name;
        if (_metrics.TryGetValue(name, out var known) && known == series.Metric)
            return;
        var metric = series.Metric;
        connection.Execute("INSERT OR REPLACE INTO metric VALUES(@name, @Declared, @Unit, @Kind, @Help)",
            new { name, Declared = metric.Name, metric.Unit, Kind = (int)metric.Kind, metric.Help });
        _metrics[name] = metric;
    }

    void Add(long id, Labels labels)
    {
        _numbers[labels] = id;
        if (!_byName.TryGetValue(labels.Name, out var list))
            _byName[labels.Name] = list = [];
        list.Add((id, labels));
        _last = Math.Max(_last, id);
    }

    void Clear()
    {
        _numbers.Clear();
        _byName.Clear();
        _metrics.Clear();
        _last = 0;
        _generation++;
    }
}
