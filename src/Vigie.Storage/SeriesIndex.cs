using Dapper;
using Microsoft.Data.Sqlite;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// The label sets of monitoring.db in memory: by label set for the writer, by metric name for queries. It holds committed
/// series only, and follows what other processes add or delete.
/// </summary>
sealed class SeriesIndex
{
    static long _generations;

    readonly Lock _lock = new();
    readonly Dictionary<Labels, long> _numbers = [];
    readonly Dictionary<string, List<(long Id, Labels Labels)>> _byName = new(StringComparer.Ordinal);
    readonly Dictionary<string, MetricInfo> _metrics = new(StringComparer.Ordinal);
    long _generation = Interlocked.Increment(ref _generations), _last, _deletions;

    /// <summary>
    /// Reads the series that have come since, and starts anew when some were deleted. Numbers are never used twice, so the
    /// greatest one and the count of deletions tell it without reading the table.
    /// </summary>
    public void Refresh(SqliteConnection connection)
    {
        lock (_lock)
        {
            var (last, deletions) =
                connection.QuerySingle<(long, long)>("SELECT (SELECT coalesce(max(id), 0) FROM series), count FROM series_deleted");
            if (deletions < _deletions)
                return; // a reader of an older state than the one already known here
            if (deletions > _deletions)
                Clear(deletions);
            if (last <= _last)
                return;
            foreach (var (id, labels) in connection.Query<(long, string)>(
                "SELECT id, labels FROM series WHERE id > @_last ORDER BY id", new { _last }))
                Add(id, LabelsJson.Parse(labels));
        }
    }

    /// <summary>Begins the one write transaction there can be. What it adds is seen by others after
    /// <see cref="Additions.Publish"/>.</summary>
    public Additions Begin(SqliteConnection connection)
    {
        Refresh(connection);
        lock (_lock)
            return new(this, connection, _generation);
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

    void Add(long id, Labels labels)
    {
        _last = Math.Max(_last, id);
        if (!_numbers.TryAdd(labels, id))
            return;
        if (!_byName.TryGetValue(labels.Name, out var list))
            _byName[labels.Name] = list = [];
        list.Add((id, labels));
    }

    void Clear(long deletions)
    {
        _numbers.Clear();
        _byName.Clear();
        _metrics.Clear();
        (_last, _deletions) = (0, deletions);
        _generation = Interlocked.Increment(ref _generations);
    }

    /// <summary>The series and metrics that one write transaction brings. Thrown away, they were never there.</summary>
    public sealed class Additions(SeriesIndex index, SqliteConnection connection, long generation)
    {
        readonly Dictionary<Labels, (long Id, Series Series)> _series = [];
        readonly Dictionary<string, MetricInfo> _metrics = new(StringComparer.Ordinal);

        /// <summary>The number of a series, given at its first sample.</summary>
        public long NumberOf(Series series)
        {
            // The tag holds the generation above 40 bits of number. Generations are unique in the process, so no tag of
            // another store, or from before a deletion, is believed.
            if (series.StoreTag >> 40 == generation)
                return series.StoreTag & ((1L << 40) - 1);
            if (_series.TryGetValue(series.Labels, out var added))
                return added.Id;
            Declare(series);
            lock (index._lock)
            {
                if (index._numbers.TryGetValue(series.Labels, out long known))
                {
                    series.StoreTag = (generation << 40) | known;
                    return known;
                }
            }
            long id = connection.ExecuteScalar<long>("INSERT INTO series(labels) VALUES(@labels) RETURNING id",
                new { labels = LabelsJson.Write(series.Labels) });
            _series.Add(series.Labels, (id, series));
            return id;
        }

        /// <summary>To be called once the transaction is committed.</summary>
        public void Publish()
        {
            lock (index._lock)
            {
                if (index._generation != generation)
                    return; // the table was read anew since
                foreach (var (labels, (id, series)) in _series)
                {
                    index.Add(id, labels);
                    series.StoreTag = (generation << 40) | id;
                }
                foreach (var (name, metric) in _metrics)
                    index._metrics[name] = metric;
            }
        }

        void Declare(Series series)
        {
            string name = series.Labels.Name;
            MetricInfo? known;
            if (!_metrics.TryGetValue(name, out known))
                lock (index._lock)
                    index._metrics.TryGetValue(name, out known);
            if (known == series.Metric)
                return;
            var metric = series.Metric;
            connection.Execute("INSERT OR REPLACE INTO metric VALUES(@name, @Declared, @Unit, @Kind, @Help)",
                new { name, Declared = metric.Name, metric.Unit, Kind = (int)metric.Kind, metric.Help });
            _metrics[name] = metric;
        }
    }
}
