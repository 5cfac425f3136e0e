using Vigie.Agent.Checks;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Heartbeats;
using Vigie.Hub.Ingest;
using Vigie.Hub.Snapshots;

namespace Vigie.Tests.Support;

/// <summary>A host's checks and jobs as they look on a day when not all is well.</summary>
static class SampleChecks
{
    static readonly MetricInfo Status = new("vigie.check.status", "1", MetricKind.Gauge, "State.");

    static IReadOnlyList<CheckResult> Results(DateTimeOffset now) =>
    [
        new("disk", CheckState.Critical, "DISK CRITICAL - free space: /var 1018MiB (3% inode=97%)", "", [
            new("/", 20.6e9, CheckUnit.Bytes, Warning: new(null, 243e9), Critical: new(null, 257e9), Min: 0, Max: 270e9),
            new("/var", 39.1e9, CheckUnit.Bytes, Warning: new(null, 36e9), Critical: new(null, 38e9), Min: 0, Max: 40e9)]),
        new("load", CheckState.Ok, "LOAD OK - total load average: 0.65, 0.65, 1.17", "", [
            new("load1", 0.65, Warning: new(null, 5), Critical: new(null, 10)), new("load5", 0.65, Warning: new(null, 4), Critical: new(null, 8)),
            new("load15", 1.17, Warning: new(null, 3), Critical: new(null, 6))]),
        new("web site", CheckState.Warning, "www.example.org answered 200 OK, in 84.3 ms, certificate good for 12 days, until 2026-12-02", "", [
            new("time", 0.0843, CheckUnit.Seconds, Warning: new(null, 2), Critical: new(null, 10)), new("size", 18_220, CheckUnit.Bytes),
            new("certificate left", 12.3 * 86400, CheckUnit.Seconds, Warning: new(14 * 86400, null), Critical: new(3 * 86400, null))]),
        new("backup-age", CheckState.Unknown, "it did not finish within 30 s and was ended"),
        new("RAID status", CheckState.Ok, "md0 [UU] clean", "md0: active raid1 sdb1[1] sda1[0]\n      976630464 blocks super 1.2 [2/2] [UU]"),
        new("textfile/apt.prom", CheckState.Warning, $"12 series, but not written since {now.AddHours(-3):yyyy-MM-dd HH:mm}Z", "", [
            new("age", 3 * 3600, CheckUnit.Seconds, Warning: new(null, 3600))]),
        new("room", CheckState.Ok, "21.5 degrees", "", [new("temperature", 21.5, Suffix: "C"), new("humidity", 0.412, CheckUnit.Ratio)]),
    ];

    public static async Task WriteAsync(TestHub hub, string host, DateTimeOffset now)
    {
        var results = Results(now);
        long nowMs = now.ToUnixTimeMilliseconds();
        await hub.Get<SnapshotStore>().SaveAsync(host, CheckDocument.Kind, CheckDocument.Write(
            [.. results.Select((r, i) => new CheckReport(r, i % 3 == 2 ? "http" : "nagios", nowMs - (3_500_000L * (i + 1) * (i + 1)),
                nowMs - (7_000 * (i + 1)), TimeSpan.FromMilliseconds(80)))]), default);
        var beats = hub.Get<Heartbeats>();
        await beats.EndedAsync(host, "nightly backup", 0, 1260, "", 86_400, default);
        await beats.EndedAsync(host, "certificates", 1, 3, "Certificate for mail.example.org could not be renewed", 43_200, default);
        await beats.StartedAsync(host, "vacuum", null, default);
        await hub.Get<SampleIngest>().TakeAsync(OtlpRequests.Every(TimeSpan.FromSeconds(15), host, now,
            [.. results.Select(r => (Status, (double)(int)r.State, new SampleAttribute[] { new("check", r.Name) }))]), "", default);
    }
}
