using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Vigie.Agent.Exposition;
using Vigie.Tests.Support;

namespace Vigie.Tests.Agent.Exposition;

/// <summary>Our metrics held against the real node_exporter's of the same moment, for every name that both have.</summary>
public sealed partial class NodeExporterTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Names without which the usual dashboards and rules are empty.
    static readonly string[] Expected =
    [
        "node_cpu_seconds_total", "node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes", "node_memory_SwapTotal_bytes",
        "node_filesystem_size_bytes", "node_filesystem_avail_bytes", "node_filesystem_files_free", "node_filesystem_readonly",
        "node_disk_read_bytes_total", "node_disk_written_bytes_total", "node_disk_io_time_seconds_total", "node_disk_io_now",
        "node_network_receive_bytes_total", "node_network_transmit_packets_total", "node_network_up", "node_load1", "node_load5", "node_load15",
        "node_boot_time_seconds", "node_time_seconds", "node_uname_info", "node_os_info", "node_filefd_allocated", "node_filefd_maximum",
        "node_vmstat_pswpin", "node_vmstat_oom_kill", "node_procs_running", "node_procs_blocked", "node_context_switches_total",
    ];

    // What one reading does to the next, or what no two readings agree on.
    static bool Moves(string name) => name is "node_procs_running" or "node_procs_blocked" or "node_disk_io_now" or "node_load1"
        or "node_filefd_allocated" or "node_entropy_available_bits" or "node_nf_conntrack_entries";

    [Fact]
    public async Task The_real_one_says_the_same_where_both_speak()
    {
        await using var exporter = NodeExporter.Start();
        using var http = new HttpClient();
        string text = "";
        for (int tries = 0; text.Length == 0 && tries < 100; tries++)
            try
            {
                text = await http.GetStringAsync($"http://{exporter.Address}/metrics", Ct);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
            }
        var ours = Parse(Encoding.UTF8.GetString(await NodeMetrics.Of(new("/"), TimeProvider.System).WriteAsync(Ct)));
        var theirs = Parse(text);
        Assert.Empty(Expected.Except(ours.Types.Keys).Except(["node_memory_SwapTotal_bytes"]));

        var shared = ours.Types.Keys.Intersect(theirs.Types.Keys).ToArray();
        Assert.InRange(shared.Length, 60, 1000);
        var wrong = shared.Where(n => ours.Types[n] != theirs.Types[n]).Select(n => $"{n}: {ours.Types[n]}, not {theirs.Types[n]}").ToList();
        foreach (string name in shared)
        {
            var (mine, other) = (ours.Series.Where(s => Name(s.Key) == name).ToArray(), theirs.Series.Where(s => Name(s.Key) == name).ToDictionary());
            var labels = mine.Select(s => LabelNames(s.Key)).Distinct().Except(other.Keys.Select(LabelNames));
            wrong.AddRange(labels.Select(l => $"{name} has the labels [{l}], not [{string.Join("], [", other.Keys.Select(LabelNames).Distinct())}]"));
            // node_exporter shows file systems in memory and bind mounts besides; each of ours it must have.
            wrong.AddRange(mine.Where(s => !other.ContainsKey(s.Key) && !name.StartsWith("node_scrape", StringComparison.Ordinal))
                .Select(s => $"{s.Key} is ours alone"));
            wrong.AddRange(mine.Where(s => other.ContainsKey(s.Key) && !Moves(name) && !Close(name, s.Value, other[s.Key]))
                .Select(s => $"{s.Key}: {s.Value}, not {other[s.Key]}"));
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // A busy machine moves on between two readings: a fiftieth, or some seconds and megabytes of what is small.
    static bool Close(string name, double a, double b) =>
        Math.Abs(a - b) <= Math.Max(Math.Abs(b) / 20, name.EndsWith("_bytes", StringComparison.Ordinal) || b > 1e6 ? 256e6 : 2000);

    static string Name(string series) => series.Split('{')[0];

    static string LabelNames(string series) => string.Join(",", Label().Matches(series).Select(m => m.Groups["name"].Value));

    static (Dictionary<string, string> Types, Dictionary<string, double> Series) Parse(string text)
    {
        var (types, series) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, double>(StringComparer.Ordinal));
        foreach (var line in text.Split('\n'))
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                types.Add(line.Split(' ')[2], line.Split(' ')[3]);
            else if (line.StartsWith("node_", StringComparison.Ordinal))
                series.Add(line[..line.LastIndexOf(' ')], double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        return (types, series);
    }

    [GeneratedRegex("[{,](?<name>[a-z_]+)=\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
