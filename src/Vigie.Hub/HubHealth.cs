using Vigie.Core.Metrics;
using Vigie.Hub.Alerts;
using Vigie.Hub.Configuration;

namespace Vigie.Hub;

/// <summary>How the hub itself fares, as metrics of its own, so that the rules which watch servers watch it as well.</summary>
sealed class HubHealth(IEnumerable<BackgroundLoop> loops, AlertEngine engine, DataFolder folder, HubOptions options, TimeProvider time)
{
    static readonly MetricInfo Failures =
        new("vigie.loop.failures", "{round}", MetricKind.Gauge, "Rounds of a background loop that have failed since one succeeded.");

    static readonly MetricInfo Rules =
        new("vigie.rules.failing", "{rule}", MetricKind.Gauge, "Rules that could not be evaluated at the last round.");

    static readonly MetricInfo BackupAge = new("vigie.backup.age", "s", MetricKind.Gauge, "Age of the newest backup; none while there is no backup.");

    static readonly MetricInfo BackupEvery = new("vigie.backup.interval", "s", MetricKind.Gauge, "How often a backup is to be made.");

    static readonly MetricInfo Disk =
        new("vigie.hub.disk.utilization", "1", MetricKind.Gauge, "Share in use of the file system that holds the data folder.");

    public void AddTo(SampleBatch batch)
    {
        var now = time.GetUtcNow();
        long ms = now.ToUnixTimeMilliseconds();
        foreach (var loop in loops)
            batch.Add(new(Labels.Of(StoredNames.Metric(Failures), ("loop", loop.Name)), Failures), ms, loop.LastFailure?.Times ?? 0);
        batch.Add(Of(Rules), ms, engine.Errors.Count);
        if (options.Backup.Every > TimeSpan.Zero && File.Exists(folder.Backup))
        {
            batch.Add(Of(BackupAge), ms, Math.Max(0, (now.UtcDateTime - File.GetLastWriteTimeUtc(folder.Backup)).TotalSeconds));
            batch.Add(Of(BackupEvery), ms, options.Backup.Every.TotalSeconds);
        }
        if (DiskUse() is { } used)
            batch.Add(Of(Disk), ms, used);
    }

    double? DiskUse()
    {
        try
        {
            var drive = new DriveInfo(Path.GetFullPath(folder.Path));
            return drive.TotalSize > 0 ? 1 - ((double)drive.AvailableFreeSpace / drive.TotalSize) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    static Series Of(MetricInfo metric) => new(Labels.Of(StoredNames.Metric(metric)), metric);
}
