using System.Diagnostics;
using System.Globalization;
using System.Text;
using Vigie.Core.Metrics;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Export;

public sealed class ExportCommandTests : IAsyncLifetime
{
    const string Hostile = "=cmd|'/C calc'!A0,\"x\"\r\nsecond\\line\u00e9";

    readonly TempFolder _folder = new();
    readonly long _now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000 * 1000;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static readonly double[] Values =
        [0.1, -0.0, 1.0 / 3, double.Epsilon, double.MaxValue, double.NegativeInfinity, double.NaN, 9_007_199_254_740_993, -5e-300];

    static readonly Series Memory = new(Labels.Of("memory_bytes", ("host", "web1"), ("state", "used")),
        new("memory", "By", MetricKind.Gauge, "Bytes of \"memory\",\nby state \\ kind.")),
        Requests = new(Labels.Of("requests_total", ("host", "web1")), new("requests", "{request}", MetricKind.Counter, "")),
        Other = new(Labels.Of("memory_bytes", ("host", "-web2"), ("path", Hostile), ("odd name", "v")), Memory.Metric),
        Bucket = new(Labels.Of("took_seconds_bucket", ("host", "web1"), ("le", "0.5")), new("took", "s", MetricKind.Counter, "Times."));

    public async ValueTask InitializeAsync()
    {
        await Cli.OkAsync(_folder.Path, "init");
        using var database = Database.Open(_folder["monitoring.db"], TimeProvider.System, typeof(Vigie.Hub.HubApp).Assembly);
        using var store = new MetricStore(database, TimeProvider.System, new());
        var batch = new SampleBatch();
        for (int i = 0; i < Values.Length; i++)
        {
            batch.Add(Memory, At(i), Values[i]);
            batch.Add(Requests, At(i), i * 10);
            batch.Add(Other, At(i) + 7, Values[^(i + 1)]);
            batch.Add(Bucket, At(i), i);
        }
        batch.Add(Memory, At(Values.Length), StaleMarker.Value);
        await store.WriteAsync(batch, Ct);
        await store.SealAsync(Ct);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    long At(int i) => _now - 3_600_000 + (i * 15_000);

    /// <summary>Cells by RFC 4180.</summary>
    static List<List<string>> Csv(string text)
    {
        var (rows, row, cell, quoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                cell.Append(text[++i]);
            else if (c == '"')
                quoted = !quoted;
            else if (quoted || c is not (',' or '\n'))
                cell.Append(c);
            else
            {
                row.Add(cell.ToString());
                cell.Clear();
                if (c == '\n')
                {
                    rows.Add(row);
                    row = [];
                }
            }
        }
        Assert.Equal((0, false), (row.Count, quoted));
        return rows;
    }

    static long Bits(string number) => BitConverter.DoubleToInt64Bits(number switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
    });

    [Fact]
    public async Task Csv_gives_every_value_back_and_holds_hostile_labels()
    {
        var rows = Csv(await Cli.OkAsync(_folder.Path, "export"));
        Assert.Equal(["time", "unix_ms", "metric", "host", "labels", "value"], rows[0]);
        Assert.Equal(1 + (4 * Values.Length), rows.Count);
        Assert.All(rows, r => Assert.Equal(6, r.Count));
        Assert.All(rows.Skip(1), r => Assert.Equal(long.Parse(r[1], CultureInfo.InvariantCulture),
            DateTimeOffset.Parse(r[0], CultureInfo.InvariantCulture).ToUnixTimeMilliseconds()));
        Assert.All(rows.SelectMany(r => r.Take(5)), cell => Assert.DoesNotMatch(@"\A[=+\-@\t\r\n]", cell));
        var memory = rows.Where(r => r[2] == "memory_bytes" && r[3] == "web1").ToList();
        Assert.All(memory, r => Assert.Equal("state=\"used\"", r[4]));
        Assert.Equal(Values.Select((v, i) => ($"{At(i)}", BitConverter.DoubleToInt64Bits(v))), memory.Select(r => (r[1], Bits(r[5]))));
        var other = rows.Where(r => r[3] == "'-web2").ToList();
        Assert.Equal(Values.Length, other.Count);
        Assert.Contains(Labels.Quote(Hostile), other[0][4], StringComparison.Ordinal);
        Assert.True(rows.FindIndex(r => r[3] == "'-web2") < rows.FindIndex(r => r[3] == "web1")); // a host after the other
    }

    [Fact]
    public async Task Openmetrics_has_types_units_and_help_and_metrics_in_one_piece()
    {
        string text = await Cli.OkAsync(_folder.Path, "export", "--format", "openmetrics");
        string[] lines = text.Split('\n');
        Assert.Equal(
            [
                "# TYPE memory_bytes gauge", "# UNIT memory_bytes bytes",
                "# HELP memory_bytes Bytes of \\\"memory\\\",\\nby state \\\\ kind.",
                "# TYPE requests counter", "# TYPE took_seconds_bucket unknown", "# HELP took_seconds_bucket Times.", "# EOF",
            ], lines.Where(l => l.StartsWith('#')));
        Assert.Equal("", lines[^1]);
        Assert.Equal(4 * Values.Length, lines.Count(l => l.Length > 0 && l[0] != '#'));
        var memory = lines.Where(l => l.StartsWith("memory_bytes{host=\"web1\",state=\"used\"} ", StringComparison.Ordinal)).ToList();
        Assert.Equal(Values.Select((v, i) => ($"{At(i) / 1000}.000", BitConverter.DoubleToInt64Bits(v))),
            memory.Select(l => l.Split(' ')).Select(p => (p[2], Bits(p[1]))));
        string hostile = "memory_bytes{host=\"-web2\",U__odd_20_name=\"v\",path=\"=cmd|'/C calc'!A0,\\\"x\\\"\r\\nsecond\\\\line\u00e9\"} ";
        Assert.Equal(Values.Length, lines.Count(l => l.StartsWith(hostile, StringComparison.Ordinal)));
        Assert.Contains($"requests_total{{host=\"web1\"}} 80 {At(8) / 1000}.000", lines);
    }

    [Fact]
    public async Task Prometheus_tools_read_the_openmetrics()
    {
        if (!File.Exists("/usr/bin/promtool"))
            Assert.Skip("promtool is not installed; apt-get install prometheus");
        await Cli.OkAsync(_folder.Path, "export", "--format", "openmetrics", "--to-file", _folder["all.txt"]);
        await RunAsync("tsdb", "create-blocks-from", "openmetrics", _folder["all.txt"], _folder["tsdb"]);
        Directory.CreateDirectory(_folder["tsdb/wal"]); // dump looks for one
        string dump = await RunAsync("tsdb", "dump", _folder["tsdb"]);
        Assert.Equal(4 * Values.Length, dump.Trim().Split('\n').Length);
        Assert.Contains($"{{__name__=\"requests_total\", host=\"web1\"}} 80 {At(8)}", dump, StringComparison.Ordinal);
    }

    static async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/promtool", arguments)
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(Ct);
        string output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        Assert.True(process.ExitCode == 0, output + await error);
        return output;
    }

    static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    [Fact]
    public async Task It_is_narrowed_by_host_metric_selector_and_time()
    {
        async Task<int> CountAsync(params string[] args) => Csv(await Cli.OkAsync(_folder.Path, ["export", .. args])).Count - 1;
        int n = Values.Length;
        Assert.Equal(n, await CountAsync("--host", "-web2"));
        Assert.Equal(2 * n, await CountAsync("--metric", "memory_bytes"));
        Assert.Equal(n, await CountAsync("--metric", "memory_bytes", "--host", "web1"));
        Assert.Equal(2 * n, await CountAsync("--match", "{__name__=~\"memory.*|requests.*\", host=~\"web.*\"}"));
        Assert.Equal(n, await CountAsync("--match", "memory_bytes{state!=\"\"}"));
        Assert.Equal(4 * n, await CountAsync("--range", "2h"));
        Assert.Equal(2, await CountAsync("--metric", "requests_total", "--from", Iso(At(1)), "--to", Iso(At(2))));
    }

    [Fact]
    public async Task A_file_appears_when_it_is_complete_and_is_never_replaced()
    {
        string said = await Cli.OkAsync(_folder.Path, "export", "--to-file", _folder["out.csv"]);
        Assert.Equal($"{4 * Values.Length} samples of 4 series of 2 hosts written into {_folder["out.csv"]}.\n", said);
        Assert.Equal(await Cli.OkAsync(_folder.Path, "export"), await File.ReadAllTextAsync(_folder["out.csv"], Ct));
        await Cli.FailsAsync(_folder.Path, "exists already", "export", "--to-file", _folder["monitoring.db"]);
        await Cli.FailsAsync(_folder.Path, "no-such", "export", "--to-file", _folder["no-such/out.csv"]);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), f => f.EndsWith(".part", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no sample matches", "--host", "nobody")]
    [InlineData("write a selector alone", "--match", "rate(x[5m])")]
    [InlineData("write a selector alone", "--match", "x offset 5m")]
    [InlineData("line 1, column 3", "--match", "x{")]
    [InlineData("write a time such as 6h", "--range", "soon")]
    [InlineData("--range goes back from now", "--range", "1h", "--from", "2026-11-20")]
    [InlineData("write a time such as 2026-11-20", "--from", "yesterday")]
    [InlineData("which is before it", "--from", "2026-11-20", "--to", "2026-11-19")]
    [InlineData("xml", "--format", "xml")]
    public Task What_it_can_not_do_is_told_with_the_remedy(string told, params string[] args) =>
        Cli.FailsAsync(_folder.Path, told, ["export", .. args]);
}
