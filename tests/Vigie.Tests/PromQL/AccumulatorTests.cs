using CsCheck;
using Vigie.Core.Metrics;
using Vigie.PromQL;

namespace Vigie.Tests.PromQL;

/// <summary>Aggregations that take one series after another, against the definition of each over the values of one step.</summary>
public sealed class AccumulatorTests
{
    static readonly Dictionary<string, Func<double[], double>> Definitions = new()
    {
        ["sum"] = v => v.Sum(),
        ["avg"] = Mean,
        ["min"] = v => v.All(double.IsNaN) ? double.NaN : v.Where(x => !double.IsNaN(x)).Min(),
        ["max"] = v => v.All(double.IsNaN) ? double.NaN : v.Where(x => !double.IsNaN(x)).Max(),
        ["count"] = v => v.Length,
        ["group"] = _ => 1,
        ["stdvar"] = v => v.Sum(x => (x - v.Average()) * (x - v.Average())) / v.Length,
        ["stddev"] = v => Math.Sqrt(v.Sum(x => (x - v.Average()) * (x - v.Average())) / v.Length),
    };

    [Fact]
    public void Every_accumulator_computes_what_its_aggregation_means_in_however_many_parts() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new Random(seed);
        var source = new Parts(random, random.Next(1, 6));
        foreach (var (name, definition) in Definitions)
        {
            var answer = Answer(source, $"{name} by (g) (m)").ToDictionary(s => s.Labels["g"], StringComparer.Ordinal);
            foreach (var group in source.Columns.GroupBy(c => c.Labels["g"]))
            {
                var found = answer.TryGetValue(group.Key, out var some)
                    ? some.TimesMs.ToArray().Zip(some.Values.ToArray()).ToDictionary() : [];
                for (int step = 0; step < Parts.Steps; step++)
                {
                    double[] values = [.. group.Select(c => c.Values[step]).Where(v => !StaleMarker.Is(v))];
                    Assert.Equal(values.Length > 0, found.ContainsKey(step * 1000));
                    if (values.Length > 0)
                        Assert.True(Near(definition(values), found[step * 1000], values),
                            $"{name} of {string.Join(' ', values)}: {found[step * 1000]}");
                }
            }
        }
    }, iter: 300);

    [Fact]
    public void The_first_of_each_step_are_those_that_sorting_would_put_there() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new Random(seed);
        var source = new Parts(random, random.Next(1, 6));
        int k = random.Next(0, 8);
        foreach (bool top in new[] { true, false })
        {
            var answer = Answer(source, $"{(top ? "topk" : "bottomk")} by (g) ({k}, m)").ToDictionary(s => s.Labels);
            for (int step = 0; step < Parts.Steps; step++)
                foreach (var group in source.Columns.GroupBy(c => c.Labels["g"]))
                {
                    var present = group.Where(c => !StaleMarker.Is(c.Values[step]));
                    var ranked = top ? present.OrderBy(c => double.IsNaN(c.Values[step])).ThenByDescending(c => c.Values[step])
                        : present.OrderBy(c => double.IsNaN(c.Values[step])).ThenBy(c => c.Values[step]);
                    var first = ranked.Take(k).Select(c => c.Labels).ToHashSet();
                    foreach (var one in group)
                        Assert.Equal(first.Contains(one.Labels),
                            answer.TryGetValue(one.Labels, out var series) && series.TimesMs.Span.Contains(step * 1000));
                }
        }
    }, iter: 200);

    static IReadOnlyList<SeriesSamples> Answer(ISeriesSource source, string query) =>
        ((MatrixResult)new QueryEngine(source, new() { Lookback = TimeSpan.FromSeconds(1) })
            .RangeAsync(query, 0, (Parts.Steps - 1) * 1000, 1000).AsTask().GetAwaiter().GetResult()).Series;

    static double Mean(double[] values)
    {
        double mean = values[0];
        for (int i = 1; i < values.Length; i++)
            mean = (mean * (i / (i + 1.0))) + (values[i] / (i + 1.0));
        return mean;
    }

    static bool Near(double a, double b, double[] values) =>
        a.Equals(b) || Math.Abs(a - b) <= 1e-9 * Math.Max(1, values.Max(Math.Abs))
        || (!double.IsFinite(a) && !double.IsFinite(b) && values.Any(v => Math.Abs(v) > 1e300));

    /// <summary>Hands its series on in parts, as a store does that reads with several threads.</summary>
    sealed class Parts : ISeriesSource
    {
        public const int Steps = 13;

        readonly int _parts;

        public Parts(Random random, int parts)
        {
            _parts = parts;
            int kind = random.Next(4);
            for (int i = random.Next(1, 30); i > 0; i--)
                Columns.Add((Labels.Of("m", ("g", $"{random.Next(3)}"), ("n", $"{i}")),
                    [.. Enumerable.Range(0, Steps).Select(_ => Value(random, kind))]));
        }

        static double Value(Random random, int kind) => random.Next(12) switch
        {
            0 => StaleMarker.Value,
            1 when kind == 1 => double.NaN,
            1 when kind == 2 => double.MaxValue / 2,
            2 when kind == 2 => double.PositiveInfinity,
            _ => random.Next(-20, 20) * 0.5,
        };

        public List<(Labels Labels, double[] Values)> Columns { get; } = [];

        public ValueTask ReadAsync(SeriesSelection selection, ISeriesSink sink, CancellationToken ct)
        {
            var parts = sink.Split(_parts);
            long[] times = [.. Enumerable.Range(0, Steps).Select(step => step * 1000L)];
            for (int i = 0; i < Columns.Count; i++)
            {
                var part = parts[i * _parts / Columns.Count];
                part.Instants(times);
                part.Series(Columns[i].Labels, Columns[i].Values);
            }
            return ValueTask.CompletedTask;
        }

        public ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(SeriesSelection selection, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct) =>
            throw new NotSupportedException();
    }
}
