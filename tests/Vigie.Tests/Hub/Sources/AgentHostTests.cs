using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Vigie.Agent.Probes;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Alerts;
using Vigie.Hub.Charts;
using Vigie.Hub.Ingest;
using Vigie.Hub.Web;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Sources;

/// <summary>What the hub makes of the agent's own probes, by the names that they declare.</summary>
public sealed class AgentHostTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    static readonly Dictionary<string, MetricInfo> Declared = ProbeCatalog.Names
        .SelectMany(name => ProbeCatalog.Create(name, new(new HostRoot("/nonexistent"), TimeProvider.System, TimeSpan.FromSeconds(1))).Info.Metrics)
        .ToDictionary(m => m.Name);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static (MetricInfo, double, SampleAttribute[]) Sample(string metric, double value, params string[] attributes) =>
        (Declared[metric], value, [.. attributes.Chunk(2).Select(a => new SampleAttribute(a[0], a[1]))]);

    static async Task<TestHub> HubWithAsync(Func<int, IEnumerable<(MetricInfo, double, SampleAttribute[])>> samplesOfMinute)
    {
        var time = new FakeTimeProvider(Noon);
        var hub = await TestHub.StartAsync(time);
        for (int minute = 0; minute <= 30; minute++)
        {
            time.SetUtcNow(Noon.AddMinutes(minute));
            await hub.Get<SampleIngest>().TakeAsync(OtlpRequests.Of("web1", time.GetUtcNow(), [.. samplesOfMinute(minute)]), "", Ct);
        }
        return hub;
    }

    static async Task<string> ChartAsync(TestHub hub, string id)
    {
        var data = await hub.Get<ChartService>().ReadAsync(ChartCatalog.Find(id)!, "web1", Noon.ToUnixTimeMilliseconds(),
            Noon.AddMinutes(30).ToUnixTimeMilliseconds(), Ct);
        return string.Join(", ", data.Curves.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Last:0.###}")));
    }

    [Fact]
    public async Task Of_many_containers_the_eight_greatest_are_drawn_by_their_names()
    {
        await using var hub = await HubWithAsync(minute => Enumerable.Range(0, 12).SelectMany(i => new[]
        {
            Sample("container.cpu.time", minute * i, "container.id", $"id{i}", "container.name", $"c{i:00}", "cpu.mode", "user"),
            Sample("container.cpu.time", minute * i * 2, "container.id", $"id{i}", "container.name", $"c{i:00}", "cpu.mode", "system"),
            Sample("container.memory.working_set", 1000 - i, "container.id", $"id{i}", "container.name", $"c{i:00}"),
        }));
        Assert.Equal("c04 0.2, c05 0.25, c06 0.3, c07 0.35, c08 0.4, c09 0.45, c10 0.5, c11 0.55", await ChartAsync(hub, "containercpu"));
        Assert.Equal("c00 1000, c01 999, c02 998, c03 997, c04 996, c05 995, c06 994, c07 993", await ChartAsync(hub, "containermemory"));
    }

    [Fact]
    public async Task Pressure_temperature_processes_files_cores_and_busy_disks_have_their_charts()
    {
        await using var hub = await HubWithAsync(minute =>
        [
            Sample("vigie.pressure.time", minute * 6, "resource", "io", "stall", "some"),
            Sample("vigie.pressure.time", minute * 3, "resource", "io", "stall", "full"),
            Sample("system.disk.io_time", minute * 15, "system.device", "sda"),
            Sample("hw.temperature", 42.5, "hw.id", "coretemp/temp1", "hw.name", "coretemp Package id 0"),
            Sample("system.process.count", 3, "process.state", "running"),
            Sample("system.process.count", 300, "process.state", "sleeping"),
            Sample("system.process.count", 1, "process.state", "blocked"),
            Sample("vigie.file_descriptor.count", 1696),
            Sample("vigie.conntrack.count", 183),
            Sample("vigie.cpu.core.utilization", 0.75, "cpu.logical_number", "0"),
            Sample("system.cpu.utilization", 0.25, "cpu.mode", "user"),
            Sample("system.cpu.utilization", 0.75, "cpu.mode", "idle"),
        ]);
        Assert.Equal("io 0.1, io (all) 0.05", await ChartAsync(hub, "pressure"));
        Assert.Equal("sda 0.25", await ChartAsync(hub, "diskbusy"));
        Assert.Equal("coretemp Package id 0 42.5", await ChartAsync(hub, "sensors"));
        Assert.Equal("running 3, blocked 1", await ChartAsync(hub, "process"));
        Assert.Equal("open files 1696, tracked connections 183", await ChartAsync(hub, "kernel"));
        Assert.Equal("core 0 0.75", await ChartAsync(hub, "cores"));
        Assert.Equal("user 0.25", await ChartAsync(hub, "cpu")); // nobody is counted twice
        Assert.Equal(0.25, (await hub.Get<Vigie.Hub.Hosts.Headlines>().OfAsync("web1", Noon.AddMinutes(30), Ct)).Cpu!.Value, 6);
    }

    [Fact]
    public async Task A_chart_that_many_hosts_have_nothing_for_appears_only_with_data()
    {
        await using var hub = await HubWithAsync(_ => [OtlpRequests.Cpu(0.2), Sample("hw.temperature", 40, "hw.id", "a/temp1", "hw.name", "a temp1")]);
        var figures = await hub.Get<ChartFigures>().AllAsync("web1", ChartRange.Parse("1h", null, null, Noon.AddMinutes(30)), Texts.English,
            TimeZoneInfo.Utc, Ct);
        Assert.Equal(["cpu", "memory", "filesystem", "load", "disk", "network", "paging", "users", "sensors"], figures.Keys);
        Assert.Contains("40\u00a0°C", System.Net.WebUtility.HtmlDecode(figures["sensors"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_disk_of_an_array_is_critical_at_once_and_ends_when_it_is_replaced()
    {
        await using var stage = await AlertStage.StartAsync();
        (MetricInfo, double, SampleAttribute[])[] Array(int failed, int missing) =>
        [
            Sample("vigie.raid.disks", 2 - missing, "system.device", "md0", "state", "active"),
            Sample("vigie.raid.disks", failed, "system.device", "md0", "state", "failed"),
            Sample("vigie.raid.disks", 1, "system.device", "md0", "state", "spare"),
            Sample("vigie.raid.disks.missing", missing, "system.device", "md0"),
        ];
        await stage.RunAsync(TimeSpan.FromMinutes(2), "web1", Array(0, 0));
        Assert.Empty(stage.Open);
        await stage.RunAsync(TimeSpan.FromMinutes(1), "web1", Array(1, 1));
        var alert = Assert.Single(stage.Open);
        Assert.Equal(("raid-degraded", "md0", AlertState.Firing, "critical"), (alert.Rule, alert.Subject, alert.State, alert.Severity));
        Assert.Contains("A disk of a RAID array has failed", Assert.Single(stage.Smtp.Mails()).Subject!, StringComparison.Ordinal);
        await stage.RunAsync(TimeSpan.FromMinutes(1), "web1", Array(0, 1)); // taken out
        Assert.Single(stage.Open);
        await stage.RunAsync(TimeSpan.FromMinutes(1), "web1", Array(0, 0));
        Assert.Empty(stage.Open);
    }

    [Fact]
    public async Task A_unit_that_has_failed_for_five_minutes_is_a_warning_by_its_name_and_ends_when_it_is_well()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(TimeSpan.FromMinutes(4), "web1", Sample("vigie.systemd.unit.failed", 1, "unit", "nginx.service"));
        Assert.Equal(AlertState.Pending, Assert.Single(stage.Open).State);
        await stage.RunAsync(TimeSpan.FromMinutes(2), "web1", Sample("vigie.systemd.unit.failed", 1, "unit", "nginx.service"));
        var alert = Assert.Single(stage.Open, a => a.State == AlertState.Firing);
        Assert.Equal(("unit-failed", "nginx.service", "warning"), (alert.Rule, alert.Subject, alert.Severity));
        await stage.RunAsync(TimeSpan.FromMinutes(1), "web1", Sample("vigie.systemd.unit.failed", 0, "unit", "nginx.service"));
        Assert.Empty(stage.Open);
    }

    [Fact]
    public async Task A_clock_that_nobody_sets_is_a_warning_after_half_an_hour_and_a_synchronized_one_never()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(TimeSpan.FromMinutes(40), "web1", Sample("vigie.clock.synchronized", 1), Sample("vigie.clock.error.maximum", 16));
        Assert.Empty(stage.Open);
        await stage.RunAsync(TimeSpan.FromMinutes(29), "web1", Sample("vigie.clock.synchronized", 0), Sample("vigie.clock.error.maximum", 16));
        Assert.DoesNotContain(stage.Open, a => a.State == AlertState.Firing);
        await stage.RunAsync(TimeSpan.FromMinutes(3), "web1", Sample("vigie.clock.synchronized", 0), Sample("vigie.clock.error.maximum", 16));
        Assert.Equal("clock-unsynchronized", Assert.Single(stage.Open, a => a.State == AlertState.Firing).Rule);
        await stage.RunAsync(TimeSpan.FromMinutes(2), "web1", Sample("vigie.clock.synchronized", 1), Sample("vigie.clock.error.maximum", 0.03));
        Assert.Empty(stage.Open);
    }
}
