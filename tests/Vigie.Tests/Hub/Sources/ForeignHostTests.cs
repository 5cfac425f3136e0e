using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Core.RemoteWrite;
using Vigie.Hub.Accounts;
using Vigie.Hub.Alerts;
using Vigie.Hub.Charts;
using Vigie.Hub.Hosts;
using Vigie.Hub.Sources;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Sources;

/// <summary>A machine whose agent is not ours is a host like any other: headlines, charts and rules.</summary>
public sealed class ForeignHostTests
{
    static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    readonly FakeTimeProvider _time = new(Start);

    /// <summary>The old attribute names that the Collector still sends, and those of the conventions.</summary>
    public static TheoryData<string, string[]> Dialects => new()
    {
        { "old", ["state", "cpu", "state", "device", "mountpoint", "state", "type", "mode", "device", "direction", "device", "direction"] },
        {
            "new", ["cpu.mode", "cpu.logical_number", "system.memory.state", "system.device", "system.filesystem.mountpoint",
                "system.filesystem.state", "system.filesystem.type", "system.filesystem.mode", "network.interface.name",
                "network.io.direction", "system.device", "disk.io.direction"]
        },
    };

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task The_collectors_hostmetrics_are_a_host(string dialect, string[] names)
    {
        await using var hub = await TestHub.StartAsync(_time);
        using var client = await hub.ClientAsync(TokenScope.Write);
        for (int minute = 0; minute <= 10; minute++, _time.Advance(TimeSpan.FromMinutes(1)))
            await PostAsync(client, "/v1/metrics", "application/x-protobuf", null, Hostmetrics(dialect, names, minute));
        await IsHostAsync(hub, dialect, new(Cpu: 0.25, Memory: 0.6, Disk: 0.96, Load: 1.5, Network: 3000, Swap: 0.5, Inodes: 0.1));
        await ShowsAsync(hub, dialect, "cpu: system user wait|memory: buffered cached used|filesystem: /|load: 1 min|disk: sda read"
            + "|network: eth0 receive eth0 transmit");
        await FiresAsync(hub, "disk-filling", "/dev/sda1 /");
    }

    /// <summary>Two cores, of which a quarter is busy; a disk that is nearly full beside one that is read only.</summary>
    byte[] Hostmetrics(string host, string[] n, int minute)
    {
        var round = new OtlpSamples();
        void Add(string name, string unit, MetricKind kind, double value, params (string Key, string Value)[] attributes) =>
            round.Add(new(name, unit, kind, "."), value, 0, [.. attributes.Select(a => new SampleAttribute(a.Key, a.Value))]);
        foreach (string cpu in new[] { "cpu0", "cpu1" })
            foreach (var (state, share) in new[] { ("user", 0.15), ("system", 0.1), ("idle", 0.65), ("wait", 0.1) })
                Add("system.cpu.time", "s", MetricKind.Counter, 60 * minute * share, (n[0], state), (n[1], cpu));
        foreach (var (state, bytes) in new[] { ("used", 6e9), ("free", 1e9), ("cached", 2e9), ("buffered", 1e9), ("slab_reclaimable", 1e9) })
            Add("system.memory.usage", "By", MetricKind.Gauge, bytes, (n[2], state));
        foreach (var (state, bytes) in new[] { ("used", 1e9), ("free", 0.5e9), ("cached", 0.5e9) })
            Add("system.paging.usage", "By", MetricKind.Gauge, bytes, ("state", state), (n[3], "/dev/sda2"));
        foreach (var (mode, used) in new[] { ("rw", 96e9), ("ro", 100e9) })
        {
            foreach (var (state, bytes) in new[] { ("used", used), ("free", 100e9 - used), ("reserved", 5e9) })
            {
                Add("system.filesystem.usage", "By", MetricKind.Gauge, bytes, (n[3], mode == "rw" ? "/dev/sda1" : "/dev/sr0"),
                    (n[4], mode == "rw" ? "/" : "/media"), (n[5], state), (n[6], "ext4"), (n[7], mode));
                Add("system.filesystem.inodes.usage", "{inodes}", MetricKind.Gauge, state == "used" ? 10 : state == "free" ? 90 : 0,
                    (n[3], "/dev/sda1"), (n[4], "/"), (n[5], state), (n[6], "ext4"), (n[7], "rw"));
            }
        }
        Add("system.cpu.load_average.1m", "{thread}", MetricKind.Gauge, 1.5);
        foreach (var (direction, speed) in new[] { ("receive", 2000), ("transmit", 1000) })
            Add("system.network.io", "By", MetricKind.Counter, 60.0 * minute * speed, (n[8], "eth0"), (n[9], direction));
        Add("system.disk.io", "By", MetricKind.Counter, 1e6 * minute, (n[10], "sda"), (n[11], "read"));
        var writer = new OtlpMetricsWriter([new("host.name", host), new("os.type", "linux")], "hostmetrics", "0.100.0");
        return writer.Write(round, (ulong)_time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000).ToArray();
    }

    [Fact]
    public async Task Telegraf_is_a_host()
    {
        await using var hub = await TestHub.StartAsync(_time);
        using var client = await hub.ClientAsync(TokenScope.Write);
        for (int minute = 0; minute <= 10; minute++, _time.Advance(TimeSpan.FromMinutes(1)))
        {
            await PostAsync(client, "/api/v1/write", RemoteWriteRequest.V1Type, "snappy",
                RemoteWriteRequest.Snappy(RemoteWriteRequest.Of(RemoteWriteVersion.V1, Telegraf(minute))));
        }
        await IsHostAsync(hub, "box", new(Cpu: 0.25, Memory: 0.6, Disk: 0.96, Load: 1.5, Network: 3000, Users: 3, Swap: 0.5, Inodes: 0.1,
            Uptime: 600));
        await ShowsAsync(hub, "box", "cpu: system user iowait|memory: used cached|filesystem: /|load: 1 min|disk: sda read"
            + "|network: eth0 receive eth0 transmit|users: users");
        await FiresAsync(hub, "disk-filling", "/dev/sda1 /");
    }

    List<SentSeries> Telegraf(int minute)
    {
        var all = new List<SentSeries>();
        void Add(string name, double value, params (string, string)[] labels) => all.Add(new(
            [("__name__", name), .. labels.Append(("host", "box")).OrderBy(l => l.Item1, StringComparer.Ordinal)],
            [(_time.GetUtcNow().ToUnixTimeMilliseconds(), value)]));
        foreach (string cpu in new[] { "cpu-total", "cpu0" })
            foreach (var (state, percent) in new[] { ("user", 15), ("system", 10), ("idle", 65), ("iowait", 10) })
                Add("cpu_usage_" + state, percent, ("cpu", cpu));
        Add("mem_available_percent", 40);
        Add("mem_used", 6e9);
        Add("mem_cached", 3e9);
        Add("mem_total", 10e9);
        Add("swap_used_percent", 50);
        foreach (var (mode, used) in new[] { ("rw", 96), ("ro", 100) })
            Add("disk_used_percent", used, ("device", "/dev/sda1"), ("fstype", "ext4"), ("mode", mode), ("path", mode == "rw" ? "/" : "/media"));
        Add("disk_inodes_free", 90, ("device", "/dev/sda1"), ("fstype", "ext4"), ("mode", "rw"), ("path", "/"));
        Add("disk_inodes_total", 100, ("device", "/dev/sda1"), ("fstype", "ext4"), ("mode", "rw"), ("path", "/"));
        Add("system_load1", 1.5);
        Add("system_n_users", 3);
        Add("system_uptime", 60 * minute);
        Add("net_bytes_recv", 60.0 * minute * 2000, ("interface", "eth0"));
        Add("net_bytes_sent", 60.0 * minute * 1000, ("interface", "eth0"));
        Add("diskio_read_bytes", 1e6 * minute, ("name", "sda"));
        return all;
    }

    [Fact]
    public async Task Our_own_agent_is_believed_first()
    {
        await using var hub = await TestHub.StartAsync(_time);
        using var client = await hub.ClientAsync(TokenScope.Write);
        for (int minute = 0; minute <= 2; minute++, _time.Advance(TimeSpan.FromMinutes(1)))
        {
            await PostAsync(client, "/api/v1/write", RemoteWriteRequest.V1Type, "snappy",
                RemoteWriteRequest.Snappy(RemoteWriteRequest.Of(RemoteWriteVersion.V1, Telegraf(minute))));
            await PostAsync(client, "/v1/metrics", "application/x-protobuf", null,
                OtlpRequests.Of("box", _time.GetUtcNow(), OtlpRequests.Disk(0.5), OtlpRequests.Memory(0.7)));
        }
        var headline = (await hub.Get<Headlines>().ReadAsync(_time.GetUtcNow(), default))["box"];
        Assert.Equal((0.25, 0.7, 0.5), (headline.Cpu, headline.Memory, headline.Disk));
        Assert.Equal("filesystem: /", await CurvesAsync(hub, "box", "filesystem"));
    }

    [Fact]
    public void Every_expression_of_every_source_can_be_asked()
    {
        foreach (var source in MetricSource.All)
        {
            foreach (var (chart, queries) in source.Charts)
            {
                Assert.NotNull(ChartCatalog.Find(chart));
                foreach (var query in queries)
                    HeadlineCatalog.Of(query.Expression.Replace(ChartQuery.Window, "5m", StringComparison.Ordinal), "a");
            }
        }
    }

    static async Task IsHostAsync(TestHub hub, string host, Headline expected)
    {
        Assert.Equal([host], hub.Get<HostDirectory>().All.Select(h => h.Name));
        var now = hub.Get<TimeProvider>().GetUtcNow();
        Assert.Equal(expected, Rounded(await hub.Get<Headlines>().OfAsync(host, now, default)));
        Assert.Equal(expected with { Swap = null, Inodes = null, Uptime = null },
            Rounded((await hub.Get<Headlines>().ReadAsync(now, default))[host]));
    }

    static Headline Rounded(Headline h)
    {
        static double? R(double? value) => value is { } v ? Math.Round(v, 6) : null;
        return new(R(h.Cpu), R(h.Memory), R(h.Disk), R(h.Load), R(h.Network), R(h.Users), R(h.Swap), R(h.Inodes), R(h.Uptime));
    }

    static async Task ShowsAsync(TestHub hub, string host, string expected)
    {
        var shown = new List<string>();
        foreach (var spec in ChartCatalog.All)
            if (await CurvesAsync(hub, host, spec.Id) is { Length: > 0 } curves)
                shown.Add(curves);
        Assert.Equal(expected.Split('|').Select(Ordered), shown.Select(Ordered));
        static string Ordered(string line) => string.Join(' ', line.Split(' ').Order(StringComparer.Ordinal));
    }

    /// <summary>The names of a chart's curves that have a value.</summary>
    static async Task<string> CurvesAsync(TestHub hub, string host, string chart)
    {
        long now = hub.Get<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var data = await hub.Get<ChartService>().ReadAsync(ChartCatalog.Find(chart)!, host, now - 600_000, now, default);
        var names = data.Curves.Where(c => c.Average.Any(v => v > 0)).Select(c => c.Name).ToList();
        return names.Count == 0 ? "" : $"{chart}: {string.Join(' ', names)}";
    }

    /// <summary>A rule of the first minute holds for it.</summary>
    static async Task FiresAsync(TestHub hub, string rule, string subject)
    {
        await hub.Get<AlertEngine>().EvaluateAsync(default);
        Assert.Empty(hub.Get<AlertEngine>().Errors);
        var alert = Assert.Single(hub.Get<AlertStore>().Open(), a => a.Rule == rule);
        Assert.Equal((rule, subject), (alert.Rule, $"{alert.Labels["device"]} {alert.Labels["mountpoint"]}"));
        Assert.True(alert.Value < 0.97);
    }

    static async Task PostAsync(HttpClient client, string path, string type, string? encoding, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        var response = await client.PostAsync(path, content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
