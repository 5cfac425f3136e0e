using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Alerts;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

/// <summary>Disks that fill: when they will be full, and how much is much.</summary>
public sealed class ForecastTests
{
    static readonly MetricInfo Usage = new("system.filesystem.usage", "By", MetricKind.Gauge, "Bytes by state.");

    static (MetricInfo, double, SampleAttribute[]) Free(double bytes) => (Usage, bytes,
        [new("system.filesystem.state", "free"), new("system.filesystem.mountpoint", "/"), new("system.device", "/dev/sda1"),
            new("system.filesystem.mode", "rw")]);

    [Fact]
    public async Task A_disk_that_will_be_full_within_a_day_is_told_with_day_and_hour()
    {
        await using var stage = await AlertStage.StartAsync();
        double used = 0.6;
        for (int i = 0; i < 32; i++, used += 0.003) // two percent an hour
            await stage.RunAsync(TimeSpan.FromMinutes(10), "db1", Disk(used, "/srv"));
        var alert = Assert.Single(stage.Open, a => a.Rule == "disk-full-soon");
        Assert.Equal(AlertState.Firing, alert.State);
        Assert.InRange(TimeSpan.FromSeconds(alert.Value).TotalHours, 15, 19);
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.StartsWith("[WARNING] db1: A disk will be full within a day (/srv)", mail.Subject!, StringComparison.Ordinal);
        Assert.Contains("At this pace it is full on 21 Nov 2026 1", mail.TextBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_stays_as_it_is_will_not_be_full()
    {
        await using var stage = await AlertStage.StartAsync();
        for (int i = 0; i < 32; i++)
            await stage.RunAsync(TimeSpan.FromMinutes(10), "db1", Disk(i % 2 == 0 ? 0.8 : 0.7999, "/srv"));
        Assert.Empty(stage.Open);
    }

    [Theory]
    [InlineData(0.9, 200e9, null), InlineData(0.9, 50e9, "disk-filling"), InlineData(0.96, 50e9, "disk-filling"), InlineData(0.96, 5e9, "disk-almost-full")]
    public async Task What_has_many_bytes_left_is_not_full(double used, double free, string? loudest)
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(TimeSpan.FromMinutes(8), "db1", Disk(used), Free(free));
        Assert.Equal(loudest is null ? 0 : 1, stage.Smtp.Mails().Count);
        Assert.Equal(loudest, stage.Open.Where(a => a.State == AlertState.Firing).OrderBy(a => a.Severity == Severity.Critical ? 0 : 1).FirstOrDefault()?.Rule);
    }
}
