using System.Globalization;

namespace Vigie.Tests.Support;

/// <summary>
/// Random queries over the series of <see cref="QuerySamples"/>, the same ones for the same seed. Only what Prometheus 2.42 and 3
/// answer alike: no function younger than 2.42, no metric's name after an operation has dropped it, and no remainder of what was
/// computed or sine of what is huge, which make the last bit of a sum a large number.
/// </summary>
sealed class QueryGenerator(Random random)
{
    static readonly string[] Gauges = ["heat", "level"];
    static readonly string[] Counters = ["runs_total", "bytes_total"];
    static readonly string[] Labels = ["host", "zone", "dev"];
    static readonly string[] Matchers = ["host=\"h1\"", "host!=\"h1\"", "zone=~\"n.*|south\"", "dev!~\"a|b\"", "zone=\"\"", "dev=~\".+\""];
    static readonly string[] Ranges = ["45s", "1m", "2m30s", "5m", "11m"];
    static readonly string[] OverTime = ["avg", "min", "max", "sum", "count", "last", "present", "stddev", "stdvar"];
    static readonly string[] OnRange = ["changes", "resets", "delta", "idelta", "deriv", "absent_over_time"];
    static readonly string[] OnCounter = ["rate", "increase", "irate"];
    static readonly string[] Element =
    [
        "abs", "ceil", "floor", "sqrt", "ln", "log2", "log10", "atan", "deg", "rad", "round",
    ];
    static readonly string[] Dates =
        ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"];
    static readonly string[] Aggregations = ["sum", "avg", "min", "max", "count", "group"];
    static readonly string[] Arithmetic = ["+", "-", "*", "/", "^"];
    static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    bool _inSubquery;

    public string Next() => Vector(random.Next(1, 4));

    string Vector(int depth) => depth == 0 ? Selector() : random.Next(12) switch
    {
        0 => Selector(),
        1 or 2 => OfRange(depth),
        3 => $"{Pick(Element)}({Vector(depth - 1)})",
        4 or 5 or 6 => Aggregation(depth),
        7 => random.Next(5) == 0 ? $"{Selector()} % 7.5" : $"({Vector(depth - 1)}) {Pick(Arithmetic)} {Scalar()}",
        8 => $"{Scalar()} {Pick(Comparisons)}{(random.Next(2) == 0 ? " bool" : "")} ({Vector(depth - 1)})",
        9 => Joined(depth),
        10 => $"({Vector(depth - 1)}) {Pick("and", "or", "unless")} {On()}({Vector(depth - 1)})",
        _ => Special(depth),
    };

    string Selector() => $"{Pick(random.Next(3) == 0 ? Counters : Gauges)}{Braces()}{Shift()}";

    string Braces() => random.Next(3) == 0 ? $"{{{Pick(Matchers)}}}" : "";

    string Shift() => random.Next(5) switch { 0 => " offset 3m", 1 => " @ end()", _ => "" };

    string OfRange(int depth)
    {
        string range = random.Next(4) == 0 && !_inSubquery
            ? $"({Inner(depth)})[7m:{Pick("20s", "1m", "")}]"
            : $"{Pick(Gauges)}{Braces()}[{Pick(Ranges)}]{Shift()}";
        return random.Next(8) switch
        {
            0 or 1 => $"{Pick(OverTime)}_over_time({range})",
            2 => $"quantile_over_time({Pick("0", "0.3", "0.95", "1")}, {range})",
            3 => $"{Pick(OnRange)}({range})",
            4 => $"predict_linear({range.Replace(" @ end()", "", StringComparison.Ordinal)}, 600)",
            _ => $"{Pick(OnCounter)}({Pick(Counters)}{Braces()}[{Pick(Ranges)}]{Shift()})",
        };
    }

    /// <summary>
    /// No subquery within, whose instants would be at the beginning of a range; and no "or", by which two series may take turns
    /// under one set of labels (see PrometheusAnswersTests).
    /// </summary>
    string Inner(int depth)
    {
        _inSubquery = true;
        string inner = Vector(depth - 1).Replace(" or ", " and ", StringComparison.Ordinal);
        _inSubquery = false;
        return inner;
    }

    string Aggregation(int depth)
    {
        string grouping = random.Next(4) switch { 0 => "", 1 => $" without ({Pick(Labels)})", _ => $" by ({Pick(Labels)})" };
        return random.Next(6) switch
        {
            5 => $"{Pick("stddev", "stdvar")}{grouping} ({Pick(Counters)})",
            0 => $"quantile{grouping} ({Pick("0", "0.4", "0.99")}, {Vector(depth - 1)})",
            1 => $"{Pick("topk", "bottomk")}{grouping} ({random.Next(1, 4)}, {Selector()})",
            _ => $"{Pick(Aggregations)}{grouping} ({Vector(depth - 1)})",
        };
    }

    /// <summary>Two sides that match: the same labels, or many to one over a label.</summary>
    string Joined(int depth) => random.Next(3) switch
    {
        0 => $"sum by (host, zone) ({Selector()}) {Pick([.. Arithmetic, "atan2"])} on (host, zone) sum by (host, zone) ({Vector(depth - 1)})",
        1 => $"({Selector()}) {Pick(Arithmetic)} on (host) group_left avg by (host) ({Selector()})",
        _ => $"max by (host) ({Selector()}) {Pick(Comparisons)} on (host) group_right ({Selector()})",
    };

    string Special(int depth) => random.Next(8) switch
    {
        7 => $"{Pick("sin", "cos", "tan", "tanh", "asinh", "exp", "sgn")}({Selector()})",
        6 => $"{Pick(Dates)}({Pick(Counters)} * {random.Next(-90_000, 900_000)})",
        0 => $"histogram_quantile({Pick("0.1", "0.5", "0.9", "1")}, sum by (le, host) (rate(wait_seconds_bucket[{Pick(Ranges)}])))",
        1 => $"label_replace({Selector()}, \"dev\", \"$1-x\", \"host\", \"h(.)\")",
        2 => $"clamp({Vector(depth - 1)}, -3, 40.5)",
        3 => $"absent({Selector()})",
        4 => $"timestamp({Selector()})",
        _ => $"sort(label_join({Selector()}, \"dev\", \"/\", \"host\", \"zone\"))",
    };

    string Scalar() => random.Next(4) switch
    {
        0 => "time()",
        1 => $"scalar(sum({Selector()}))",
        _ => (random.Next(-20, 60) / 4.0).ToString(CultureInfo.InvariantCulture),
    };

    string On() => random.Next(2) == 0 ? "" : $"on ({Pick(Labels)}) ";

    string Pick(params string[] of) => of[random.Next(of.Length)];
}

/// <summary>Two hours of gauges with gaps, stale markers and NaN, of counters with resets, and of a histogram.</summary>
static class QuerySamples
{
    public const long StepMs = 15_000;

    public const int Steps = 480;

    /// <summary>
    /// Series in the order of their labels. No sample stands at a whole second: the two versions differ in whether a range holds the
    /// sample at its very beginning, and no query's range begins there.
    /// </summary>
    public static List<SentSeries> Of(long startMs)
    {
        var random = new Random(1);
        var all = new List<SentSeries>();
        foreach (string host in new[] { "h1", "h2", "h3" })
        {
            foreach (var (zone, dev) in new[] { ("north", "a"), ("north", "b"), ("south", "a"), ("", "c") })
            {
                foreach (string gauge in new[] { "heat", "level" })
                    all.Add(new(LabelsOf(gauge, host, zone, dev), [.. Gauge(random, startMs)]));
                foreach (string counter in new[] { "runs_total", "bytes_total" })
                    all.Add(new(LabelsOf(counter, host, zone, dev), [.. Counter(random, startMs)]));
            }
            double[] total = new double[4];
            var buckets = new List<(long, double)>[] { [], [], [], [] };
            for (int i = 0; i < Steps; i++)
            {
                for (int b = 0; b < 4; b++)
                    total[b] += random.Next(5) + (b > 0 ? total[b - 1] - (i > 0 ? buckets[b - 1][i - 1].Item2 : 0) : 0);
                for (int b = 0; b < 4; b++)
                    buckets[b].Add((TimeMs(startMs, i), total[b]));
            }
            foreach (var (le, samples) in new[] { "0.1", "0.5", "2.5", "+Inf" }.Zip(buckets))
                all.Add(new([("__name__", "wait_seconds_bucket"), ("host", host), ("le", le)], [.. samples]));
        }
        return all;
    }

    static (string, string)[] LabelsOf(string name, string host, string zone, string dev) =>
        [.. new[] { ("__name__", name), ("dev", dev), ("host", host), ("zone", zone) }.Where(l => l.Item2.Length > 0)];

    static long TimeMs(long startMs, int step) => startMs + (step * StepMs) + 3_217;

    static IEnumerable<(long, double)> Gauge(Random random, long startMs)
    {
        double value = random.Next(-50, 50);
        int gap = 0;
        for (int i = 0; i < Steps; i++)
        {
            value += (random.NextDouble() - 0.5) * 8;
            if (gap == 0 && random.NextDouble() < 0.01)
            {
                gap = random.Next(1, 40);
                if (random.Next(3) == 0)
                    yield return (TimeMs(startMs, i), Vigie.Core.Metrics.StaleMarker.Value);
                continue;
            }
            gap = Math.Max(0, gap - 1);
            if (gap == 0)
                yield return (TimeMs(startMs, i), random.NextDouble() < 0.001 ? double.NaN : value);
        }
    }

    static IEnumerable<(long, double)> Counter(Random random, long startMs)
    {
        double value = random.Next(10_000, 1_000_000);
        for (int i = 0; i < Steps; i++)
        {
            value = random.NextDouble() < 0.004 ? random.Next(10) : value + (random.NextDouble() * 100);
            yield return (TimeMs(startMs, i), value);
        }
    }
}
