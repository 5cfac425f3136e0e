using System.Diagnostics;
using System.Globalization;
using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.Storage;

namespace Vigie.Benchmarks.Store;

/// <summary>Range queries in process over a data folder: the storage's part, and the whole.</summary>
static class Queries
{
    const int Rounds = 5;

    /// <summary>
    /// A hub has been running for long: the compiler looks at a method again when it has run thirty times, and then once more, in
    /// its own time.
    /// </summary>
    static readonly TimeSpan Warming = TimeSpan.FromSeconds(2);

    /// <summary>For each query its key, milliseconds of the storage and of the whole (medians), and series/points of the answer.</summary>
    /// <param name="list">Lines of key, hours, step in seconds and query, between tabs.</param>
    /// <param name="hours">The history there is: a longer range is cut to it.</param>
    public static async Task RunAsync(string data, string list, long endS, double hours, TextWriter to)
    {
        using var folder = StoreFolder.CopyOf(data);
        using var database = folder.Open();
        using var store = new MetricStore(database, TimeProvider.System, new());
        foreach (string line in File.ReadLines(list).Where(l => !l.StartsWith('#')))
        {
            string[] fields = line.Split('\t');
            double range = Math.Min(hours, double.Parse(fields[1], CultureInfo.InvariantCulture));
            long endMs = endS * 1000, startMs = endMs - (long)(range * 3_600_000), stepMs = long.Parse(fields[2]) * 1000;
            var recorder = new Recorder(store);
            var engine = new QueryEngine(recorder, new() { MaxSamples = long.MaxValue });
            var answer = (MatrixResult)await engine.RangeAsync(fields[3], startMs, endMs, stepMs);
            SeriesSelection[] selections = [.. recorder.Selections];
            double storage = await MedianMs(async () =>
            {
                foreach (var selection in selections)
                    await store.ReadAsync(selection, new Nobody(), default);
            });
            double whole = await MedianMs(async () => await engine.RangeAsync(fields[3], startMs, endMs, stepMs));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{fields[0]}\t{storage:f2}\t{whole:f2}\t{answer.Series.Count}/{answer.Series.Sum(s => s.Values.Length)}"));
        }
    }

    static async Task<double> MedianMs(Func<Task> work)
    {
        var times = new List<double>();
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < Warming;)
            await work();
        while (times.Count < Rounds)
        {
            long start = Stopwatch.GetTimestamp();
            await work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }

    /// <summary>Looks at nothing of what is read.</summary>
    sealed class Nobody : ISeriesSink, ISeriesPart
    {
        public IReadOnlyList<ISeriesPart> Split(int parts) => [.. Enumerable.Repeat(this, parts)];

        public void Instants(ReadOnlyMemory<long> timesMs) { }

        public void Series(Labels labels, ReadOnlySpan<double> values) { }
    }

    /// <summary>Notes what the engine asks of the store.</summary>
    sealed class Recorder(ISeriesSource source) : ISeriesSource
    {
        public List<SeriesSelection> Selections { get; } = [];

        public ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(SeriesSelection selection, CancellationToken ct)
        {
            Selections.Add(selection);
            return source.SelectAsync(selection, ct);
        }

        public ValueTask ReadAsync(SeriesSelection selection, ISeriesSink sink, CancellationToken ct)
        {
            Selections.Add(selection);
            return source.ReadAsync(selection, sink, ct);
        }

        public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct) =>
            source.SeriesAsync(selections, ct);
    }
}
