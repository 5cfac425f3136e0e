using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Vigie.Core.RemoteWrite;
using Vigie.Hub.Accounts;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

/// <summary>
/// A real Prometheus and the hub are sent the same samples by remote write and asked the same over the same API. Debian's is a 2.42;
/// where 3 answers otherwise, so does the hub, and <see cref="Different"/> says so.
/// </summary>
public sealed class PrometheusAnswersTests
{
    const int Queries = 2_000;

    /// <summary>2026-11-20T08:00:00Z: in one block of Prometheus' head, whatever the day of the run.</summary>
    const long Start = 1_795_161_600, End = Start + (QuerySamples.Steps * QuerySamples.StepMs / 1000);

    /// <summary>Questions that Prometheus 3, and so the hub, answers otherwise than 2.42.</summary>
    static readonly (string Query, string Why)[] Different =
    [
        ("count_over_time(edge[5m])", "ranges are open on the left: a sample at a range's very beginning is no longer in it"),
        ("edge", "so is the lookback: a sample of five minutes ago to the millisecond is no value any more"),
        ("count_over_time(vector(1)[1m:15s])", "and so is a subquery's range"),
        ("count(lines{text=~\"a.b\"}) or vector(0)", "the dot of a regular expression matches a line break, too"),
        ("edge_late atan2 on (host) group_left edge_late", "atan2 drops the metric's name in many-to-one matching, too"),
        ("stddev(nothing_yet or edge_late * NaN)", "the deviation of a single NaN is NaN"),
        ("year(edge_late * NaN)", "a NaN has no date; Prometheus 3 still makes one of whatever the processor makes of it"),
        ("last_over_time(((edge_late * 2) or sqrt(edge))[10m:15s])", "names vanish at the end only, as by 3's delayed removal of names"),
        ("mad_over_time(edge[1m])", "functions that are younger than 2.42"),
        ("predict_linear(edge[5m] @ 1795161900, 60)", "a range that @ fixes does not move with the step"),
        ("rate(young_total[5m])", "a counter that begins within the range is stretched by half an interval and no further"),
    ];

    readonly List<string> _wrong = [];

    [Fact]
    public async Task Both_answer_alike()
    {
        await using var prometheus = await PrometheusServer.StartReceiverAsync();
        await using var hub = await TestHub.StartAsync(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(End)));
        using var client = await hub.ClientAsync(TokenScope.Admin);
        await WriteAsync(client, prometheus.Client, QuerySamples.Of(Start * 1000));

        var generator = new QueryGenerator(new Random(4));
        int answered = 0, failed = 0;
        for (int i = 0; i < Queries; i++)
        {
            var (ours, theirs) = await BothAsync(client, prometheus.Client, Request(i, generator.Next()));
            Compare(ours, theirs);
            answered += HasValues(theirs) ? 1 : 0;
            failed += IsError(theirs) ? 1 : 0;
        }
        Assert.True(_wrong.Count == 0, $"{_wrong.Count} of {Queries} answers differ:\n{string.Join('\n', _wrong.Take(20))}");
        // Questions without an answer compare nothing.
        Assert.True(answered > Queries / 2 && failed < Queries / 5, $"{answered} have values, {failed} are errors");
    }

    [Fact]
    public async Task What_is_said_to_differ_differs()
    {
        await using var prometheus = await PrometheusServer.StartReceiverAsync();
        await using var hub = await TestHub.StartAsync(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(End)));
        using var client = await hub.ClientAsync(TokenScope.Admin);
        var edge = new List<(long, double)>();
        for (long at = Start; at <= Start + 300; at += 15)
            edge.Add((at * 1000, at % 7));
        long last = (Start + 600) * 1000;
        await WriteAsync(client, prometheus.Client,
        [
            new([("__name__", "edge"), ("host", "h")], [.. edge]),
            new([("__name__", "edge_late"), ("host", "h")], [(last, 1)]),
            new([("__name__", "lines"), ("host", "h"), ("text", "a\nb")], [(last, 1)]),
            new([("__name__", "young_total"), ("host", "h")], [.. Enumerable.Range(1, 5).Select(i => (last - ((5 - i) * 15_000), 10.0 * i))]),
        ]);
        foreach (var (query, why) in Different)
        {
            int before = _wrong.Count;
            var (ours, theirs) = await BothAsync(client, prometheus.Client,
                $"query_range?query={Uri.EscapeDataString(query)}&start={Start + 540}&end={Start + 600}&step=60");
            Compare(ours, theirs);
            Assert.True(_wrong.Count > before, $"{query} is said to differ ({why}), and both answer {theirs.Answer}");
        }
    }

    static string Request(int i, string query)
    {
        string escaped = Uri.EscapeDataString(query);
        long from = Start + 1801 + (i * 14 % 1800); // odd, as is every step: no subquery's range begins at one of its instants
        return i % 2 == 0
            ? $"query?query={escaped}&time={from}"
            : $"query_range?query={escaped}&start={from}&end={from + 3000}&step={30 + (i % 5 * 14)}";
    }

    /// <summary>In the order of time, as senders do it: a head takes no sample that is older than what it has.</summary>
    static async Task WriteAsync(HttpClient hub, HttpClient prometheus, IReadOnlyList<SentSeries> series)
    {
        foreach (long[] times in series.SelectMany(s => s.Samples.Select(p => p.TimeMs)).Distinct().Order().Chunk(100))
        {
            var (from, to) = (times[0], times[^1]);
            var part = series.Select(s => s with { Samples = [.. s.Samples.Where(p => p.TimeMs >= from && p.TimeMs <= to)] })
                .Where(s => s.Samples.Length > 0).ToList();
            byte[] body = RemoteWriteRequest.Snappy(RemoteWriteRequest.Of(RemoteWriteVersion.V1, part));
            foreach (var client in new[] { hub, prometheus })
            {
                using var content = new ByteArrayContent(body);
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(RemoteWriteRequest.V1Type);
                content.Headers.ContentEncoding.Add("snappy");
                var response = await client.PostAsync("/api/v1/write", content);
                Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            }
        }
    }

    sealed record Answered(string Request, JsonElement Answer);

    static async Task<(Answered Ours, Answered Theirs)> BothAsync(HttpClient hub, HttpClient prometheus, string request)
    {
        var answers = await Task.WhenAll(new[] { hub, prometheus }.Select(async client =>
            JsonDocument.Parse(await (await client.GetAsync("/api/v1/" + request)).Content.ReadAsStringAsync()).RootElement));
        return (new(request, answers[0]), new(request, answers[1]));
    }

    static bool IsError(Answered answer) => answer.Answer.GetProperty("status").GetString() == "error";

    static bool HasValues(Answered answer) =>
        !IsError(answer) && answer.Answer.GetProperty("data").GetProperty("result").GetArrayLength() > 0;

    void Compare(Answered ours, Answered theirs)
    {
        if (IsError(ours) || IsError(theirs))
        {
            if (IsError(ours) != IsError(theirs) || Text(ours, "errorType") != Text(theirs, "errorType"))
                Wrong(ours, Text(ours, "error"), Text(theirs, "error"));
            return;
        }
        var (mine, others) = (Points(ours), Points(theirs));
        foreach (string key in mine.Keys.Union(others.Keys))
        {
            if (mine.TryGetValue(key, out double a) && others.TryGetValue(key, out double b) && Same(a, b))
                continue;
            Wrong(ours, $"{key} {Shown(mine, key)}", $"{key} {Shown(others, key)}");
            return;
        }
    }

    void Wrong(Answered ours, string mine, string theirs) =>
        _wrong.Add($"{Uri.UnescapeDataString(ours.Request)}\n  hub        {mine}\n  prometheus {theirs}");

    static string Text(Answered answer, string name) => answer.Answer.TryGetProperty(name, out var text) ? text.GetString()! : "an answer";

    static string Shown(Dictionary<string, double> points, string key) =>
        points.TryGetValue(key, out double value) ? value.ToString("R", CultureInfo.InvariantCulture) : "(none)";

    /// <summary>All values by series and time.</summary>
    static Dictionary<string, double> Points(Answered answer)
    {
        var points = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var series in answer.Answer.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            var labels = new StringBuilder();
            foreach (var label in series.GetProperty("metric").EnumerateObject().OrderBy(l => l.Name, StringComparer.Ordinal))
                labels.Append(label.Name).Append('=').Append(label.Value.GetString()).Append(' ');
            IEnumerable<JsonElement> values =
                series.TryGetProperty("values", out var many) ? many.EnumerateArray() : [series.GetProperty("value")];
            foreach (var point in values)
                points.Add($"{labels}@{point[0].GetRawText()}", Number(point[1].GetString()!));
        }
        return points;
    }

    static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    static bool Same(double a, double b) => a.Equals(b) || a == b || Math.Abs(a - b) <= 1e-9 * Math.Max(Math.Abs(a), Math.Abs(b));
}
