using CsCheck;
using Vigie.Core.Metrics;
using Vigie.PromQL;
using Vigie.Tests.Support;

namespace Vigie.Tests.PromQL;

/// <summary>Functions that compute a whole column at once, against the definition of each over one window.</summary>
public sealed class WindowKernelTests
{
    delegate double? Definition(long[] times, double[] values, long startMs, long endMs);

    static readonly Dictionary<string, Definition> Definitions = new()
    {
        ["sum_over_time"] = (_, v, _, _) => Sum(v),
        ["avg_over_time"] = (_, v, _, _) => Sum(v) is var sum && double.IsFinite(sum) ? sum / v.Length : Mean(v),
        ["min_over_time"] = (_, v, _, _) => Extreme(v, (next, best) => next < best),
        ["max_over_time"] = (_, v, _, _) => Extreme(v, (next, best) => next > best),
        ["count_over_time"] = (_, v, _, _) => v.Length,
        ["present_over_time"] = (_, _, _, _) => 1,
        ["last_over_time"] = (_, v, _, _) => v[^1],
        ["first_over_time"] = (_, v, _, _) => v[0],
        ["changes"] = (_, v, _, _) =>
            v.Zip(v.Skip(1)).Count(p => p.First != p.Second && !(double.IsNaN(p.First) && double.IsNaN(p.Second))),
        ["resets"] = (_, v, _, _) => v.Zip(v.Skip(1)).Count(p => p.Second < p.First),
        ["rate"] = (t, v, start, end) => Extrapolated(t, v, start, end, counter: true) / ((end - start) / 1000.0),
        ["increase"] = (t, v, start, end) => Extrapolated(t, v, start, end, counter: true),
        ["delta"] = (t, v, start, end) => Extrapolated(t, v, start, end, counter: false),
    };

    [Fact]
    public void Every_kernel_computes_what_its_function_means() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new Random(seed);
        var source = new SharedInstants(random);
        long step = random.Next(1, 40) * 1_000, range = random.Next(1, 300) * 1_000, end = 1_500_000 + random.Next(100_000);
        long start = Math.Max(0, end - (step * random.Next(0, 90)));
        foreach (var (function, definition) in Definitions)
        {
            var answer = ((MatrixResult)new QueryEngine(source, new()).RangeAsync($"{function}(m[{range}ms])", start, end, step)
                .AsTask().GetAwaiter().GetResult()).Series.ToDictionary(s => s.Labels["n"], StringComparer.Ordinal);
            foreach (var series in source.Series)
            {
                var expected = Expected(series, definition, start, end, step, range);
                var found = answer.TryGetValue(series.Labels["n"], out var some)
                    ? some.TimesMs.ToArray().Zip(some.Values.ToArray()).ToDictionary() : [];
                Assert.Equal(expected.Keys.Order(), found.Keys.Order());
                foreach (var (at, value) in expected)
                    Assert.True(Near(value, found[at]),
                        $"{function}[{range}ms] of {series.Labels} at {at}: {value:R} expected, {found[at]:R} found");
            }
        }
    }, iter: 300);

    static Dictionary<long, double> Expected(SeriesSamples series, Definition definition, long start, long end, long step, long range)
    {
        var expected = new Dictionary<long, double>();
        var samples = series.TimesMs.ToArray().Zip(series.Values.ToArray()).Where(s => !StaleMarker.Is(s.Second)).ToArray();
        for (long at = start; at <= end; at += step)
        {
            var window = samples.Where(s => s.First > at - range && s.First <= at).ToArray();
            if (window.Length > 0
                && definition([.. window.Select(s => s.First)], [.. window.Select(s => s.Second)], at - range, at) is { } value)
                expected.Add(at, value);
        }
        return expected;
    }

    static bool Near(double a, double b) =>
        a.Equals(b) || a == b || Math.Abs(a - b) <= 1e-12 * Math.Max(Math.Abs(a), Math.Abs(b));

    /// <summary>In decimals where they reach, so that it is right to the last place.</summary>
    static double Sum(double[] values)
    {
        if (values.All(v => Math.Abs(v) is 0 or (> 1e-9 and < 1e15)))
            return (double)values.Sum(v => (decimal)v);
        double sum = 0, error = 0;
        foreach (double value in values)
        {
            double total = sum + value;
            if (double.IsInfinity(total))
                error = 0;
            else
                error += Math.Abs(sum) >= Math.Abs(value) ? sum - total + value : value - total + sum;
            sum = total;
        }
        return double.IsInfinity(sum) ? sum : sum + error;
    }

    static double Mean(double[] values)
    {
        double mean = values[0];
        for (int i = 1; i < values.Length; i++)
            mean = (mean * (i / (i + 1.0))) + (values[i] / (i + 1.0));
        return mean;
    }

    static double Extreme(double[] values, Func<double, double, bool> wins)
    {
        double best = values[0];
        foreach (double value in values)
            if (wins(value, best) || double.IsNaN(best))
                best = value;
        return best;
    }

    static double? Extrapolated(long[] times, double[] values, long start, long end, bool counter)
    {
        if (values.Length < 2)
            return null;
        double change = values[^1] - values[0];
        for (int i = 1; counter && i < values.Length; i++)
            if (values[i] < values[i - 1])
                change += values[i - 1];
        double toStart = (times[0] - start) / 1000.0, toEnd = (end - times[^1]) / 1000.0, sampled = (times[^1] - times[0]) / 1000.0;
        double interval = sampled / (values.Length - 1), threshold = interval * 1.1;
        if (toStart >= threshold)
            toStart = interval / 2;
        if (counter && change > 0 && values[0] >= 0)
            toStart = Math.Min(toStart, sampled * (values[0] / change));
        if (toEnd >= threshold)
            toEnd = interval / 2;
        return change * ((sampled + toStart + toEnd) / sampled);
    }

    /// <summary>Some series with the same instants, some with others, and all that a value can be.</summary>
    sealed class SharedInstants : ISeriesSource
    {
        public SharedInstants(Random random)
        {
            long[] times = [];
            for (int i = 0; i < 6; i++)
            {
                if (i % 3 == 0)
                    times = Times(random);
                int kind = random.Next(5);
                double counter = random.Next(100);
                Series.Add(new(Labels.Of("m", ("n", $"{i}")), times, Enumerable.Range(0, times.Length).Select(_ =>
                {
                    counter = random.Next(20) == 0 ? random.Next(5) : counter + random.Next(50);
                    return Value(random, kind, counter);
                }).ToArray()));
            }
        }

        public List<SeriesSamples> Series { get; } = [];

        static long[] Times(Random random)
        {
            var times = new List<long>();
            int usual = random.Next(1, 30) * 1_000;
            for (long at = random.Next(1_400_000); at < 1_600_000 && times.Count < 400;)
            {
                times.Add(at);
                at += random.Next(8) == 0 ? random.Next(1, 200_000) : usual;
            }
            return [.. times];
        }

        static double Value(Random random, int kind, double counter) => (kind, random.Next(12)) switch
        {
            (2, 0) => double.NaN,
            (2, 1) or (3, 0) => StaleMarker.Value,
            (4, 0) => double.PositiveInfinity,
            (4, 1) => double.NegativeInfinity,
            (4, 2) => double.MaxValue,
            (1, _) => Math.Round((random.NextDouble() - 0.5) * 1e6, 3),
            _ => counter,
        };

        public ValueTask<IReadOnlyList<SeriesSamples>> SelectAsync(SeriesSelection selection, CancellationToken ct) =>
            ValueTask.FromResult<IReadOnlyList<SeriesSamples>>([.. Series]);

        public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<SeriesSelection> selections, CancellationToken ct) =>
            ValueTask.FromResult<IReadOnlyList<Labels>>([.. Series.Select(s => s.Labels)]);
    }
}
