using System.Diagnostics;
using System.Globalization;
using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.Storage;

namespace Vigie.Benchmarks.Store;

/// <summary>Range queries in process over a data folder: the storage's part, and the whole.</summary>
static class Queries
{
    /// <summary>The first ones warm up: the compiler looks at a method again when it has run thirty times.</summary>
    const int WarmRounds = 10, Rounds = 5;

    /// <summary>Prints for each query its key, milliseconds of the storage and of the whole (medians), and series/points of the answer.</summary>
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
                    await store.SelectAsync(selection, default);
            });
            double whole = await MedianMs(async () => await engine.RangeAsync(fields[3], startMs, endMs, stepMs));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{fields[0]}\t{storage:f2}\t{whole:f2}\t{answer.Series.Count}/{answer.Series.Sum(s => s.Values.Length)}"));
        }
    }

    static async Task<double> MedianMs(Func<Task> work)
    {
        var times = new List<double>();
        for (int round = 0; round < WarmRounds + Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            await work();
            if (round >= WarmRounds)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        return times[times.Count / 2];
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

        public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct) =>
            source.SeriesAsync(selections, ct);
    }
}
