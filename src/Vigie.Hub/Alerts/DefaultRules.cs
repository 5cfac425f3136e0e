using Vigie.Hub.Charts;
using Vigie.Hub.Sources;

namespace Vigie.Hub.Alerts;

/// <summary>The rules that are on from the first minute: the mission's four, and earlier warnings of the same.</summary>
static class DefaultRules
{
    // An average, and then some time more: a server that boots or compiles is busy for a minute, and nobody wants to know.
    static readonly string Cpu = HeadlineCatalog.CpuLasting, Memory = HeadlineCatalog.Memory, Disk = HeadlineCatalog.Disks;

    const string Silence = "max by (host) (vigie_host_silence_seconds)";

    /// <summary>0 to 2, and no number while a check can't tell: that proves neither that something is wrong nor that it is over.</summary>
    const string CheckKnown = "max by (host, check) (vigie_check_status + 0 / (vigie_check_status != bool 3))";

    // A disk marked as failed, or one that has been taken out and leaves the array without its spare copy.
    const string Raid = "max by (host, array) (label_replace(vigie_raid_disks{state=\"failed\"} or vigie_raid_disks_missing, "
        + "\"array\", \"$1\", \"device\", \"(.*)\"))";

    // The kernel's bound of the clock's error grows while nobody sets it and stops at 16 s, hours later; a short outage is no alert.
    const string Clock = "max by (host) (vigie_clock_error_maximum_seconds unless on (host) (vigie_clock_synchronized == 1))";

    // A straight line through six hours says little of a disk that is half empty, or that was watched for an hour.
    const string Used = "system_filesystem_utilization_ratio{state=\"used\",mode!=\"ro\"}", Place = "(host, device, mountpoint)",
        Forecast = $"(max by {Place} (1 - {Used}) / on {Place} max by {Place} (deriv({Used}[6h]) > 0)) < 86400"
            + $" and on {Place} {Used} >= 0.6 and on {Place} {Used} offset 4h";

    // A tenth of a large disk is room for a year: what has many bytes left is not full, whatever its share.
    static readonly string DiskFilling = Short(100e9), DiskAlmostFull = Short(20e9);

    // Swap space that is full and idle is nobody's trouble; pages that go to and fro are, and then only while much of it is in use.
    const string Swapping = "sum by (host) (rate(system_paging_operations_total[5m])) "
        + "and on (host) max by (host) (system_paging_utilization_ratio{state=\"used\"}) >= 0.3";

    public const string LoadPerCore = "max by (host) (vigie_load_15m) / on (host) max by (host) (system_cpu_logical_count)";

    static readonly TimeSpan Now = TimeSpan.Zero;

    public static IReadOnlyList<string> Names { get; } = [.. Of(new()).Select(r => r.Name)];

    public static IReadOnlyList<Rule> Of(AlertOptions options) =>
    [
        new("host-inactive", Silence, options.InactiveAfter.TotalSeconds, Now, Severity.Critical, "The server is inactive", null),
        // Before all others of the host, which they explain.
        new("host-late", Silence + " > on (host) max by (host) (vigie_host_patience_seconds)", null, Now, Severity.Warning,
            "The server has stopped reporting", null, MutedBy: "host-inactive"),
        Until(0.02, new("disk-full", Disk, Full(options.DiskPercent), Now, Severity.Critical, "A disk is full", ChartUnit.Percent, "filesystem")),
        Until(0.03, new("memory-full", Memory, Full(options.MemoryPercent), Now, Severity.Critical, "The memory is full", ChartUnit.Percent,
            "memory")),
        Until(0.05, new("cpu-high", Cpu, options.CpuPercent / 100, TimeSpan.FromMinutes(2), Severity.Critical, "The CPU is overloaded",
            ChartUnit.Percent, "cpu")),
        Until(0.03, new("disk-almost-full", DiskAlmostFull, 0.95, TimeSpan.FromMinutes(5), Severity.Critical, "A disk is almost full",
            ChartUnit.Percent, "filesystem", "disk-full")),
        Until(0.05, new("disk-filling", DiskFilling, 0.85, TimeSpan.FromMinutes(5), Severity.Warning, "A disk is filling up", ChartUnit.Percent,
            "filesystem", "disk-almost-full")),
        new("disk-full-soon", Forecast, null, TimeSpan.FromMinutes(30), Severity.Warning, "A disk will be full within a day", null,
            "filesystem", "disk-almost-full") { Every = TimeSpan.FromMinutes(5), KeepFiringFor = TimeSpan.FromMinutes(30) },
        Until(0.02, new("inodes-full", HeadlineCatalog.Inodes, 0.98, Now, Severity.Critical, "A disk has no room for more files",
            ChartUnit.Percent)),
        Until(0.05, new("inodes-filling", HeadlineCatalog.Inodes, 0.90, TimeSpan.FromMinutes(5), Severity.Warning,
            "A disk has little room for more files", ChartUnit.Percent, MutedBy: "inodes-full")),
        Until(0.07, new("memory-almost-full", Memory, 0.97, TimeSpan.FromMinutes(5), Severity.Critical, "The memory is almost full",
            ChartUnit.Percent, "memory", "memory-full")),
        Until(0.10, new("memory-low", Memory, 0.90, TimeSpan.FromMinutes(5), Severity.Warning, "The memory is running low",
            ChartUnit.Percent, "memory", "memory-almost-full")),
        Until(0.10, new("cpu-busy", Cpu, 0.85, TimeSpan.FromMinutes(10), Severity.Warning, "The CPU has been busy for long",
            ChartUnit.Percent, "cpu", "cpu-high")),
        Until(0.5, new("load-high", LoadPerCore, 2,
            TimeSpan.FromMinutes(15), Severity.Warning, "More work waits than the processors can do", ChartUnit.Number)),
        Until(50, new("swapping", Swapping, 200, TimeSpan.FromMinutes(10), Severity.Warning, "The server is swapping", ChartUnit.PerSecond)),
        new("out-of-memory", "max by (host) (increase(vigie_memory_oom_kills_total[15m]))", 0.5, Now, Severity.Warning,
            "A process was killed for lack of memory", ChartUnit.Count),
        new("host-restarted", "max by (host) (delta(vigie_boot_time_seconds[15m]))", 60, Now, Severity.Warning, "The server has restarted", null),
        new("channel-failing", "max by (channel) (vigie_channel_waiting_age_seconds)", 600, Now, Severity.Warning,
            "A channel does not take messages", null),
        new("hub-failing", "max by (loop) (vigie_loop_failures)", 3, Now, Severity.Warning, "A part of Vigie does not work", ChartUnit.Count),
        new("rules-failing", "max(vigie_rules_failing)", 1, TimeSpan.FromMinutes(5), Severity.Warning, "Rules can't be evaluated", ChartUnit.Count),
        new("backup-late", "max(vigie_backup_age_seconds) > 2 * max(vigie_backup_interval_seconds)", null, TimeSpan.FromMinutes(15), Severity.Warning,
            "Vigie's backup is late", null),
        Until(0.03, new("hub-disk-full", "max(vigie_hub_disk_utilization_ratio)", 0.95, TimeSpan.FromMinutes(1), Severity.Critical,
            "The disk with Vigie's data is full", ChartUnit.Percent)),
        new("feed-stale", "max by (feed) (vigie_feed_age_seconds)", 172_800, Now, Severity.Warning, "A feed of advisories does not answer", null),
        new("check-critical", CheckKnown, 2, Now, Severity.Critical, "A check is critical", ChartUnit.State),
        new("check-warning", CheckKnown, 1, TimeSpan.FromMinutes(1), Severity.Warning, "A check warns", ChartUnit.State,
            MutedBy: "check-critical"),
        new("check-unknown", "max by (host, check) (vigie_check_status)", 3, TimeSpan.FromMinutes(5), Severity.Warning, "A check can't tell",
            ChartUnit.State),
        new("job-failed", "max by (host, job) (vigie_heartbeat_exit_code)", 1, Now, Severity.Critical, "A job has failed", ChartUnit.Count),
        new("job-late", "max by (host, job) (vigie_heartbeat_age_seconds) > max by (host, job) (vigie_heartbeat_patience_seconds)", null, Now,
            Severity.Critical, "A job is late", null),
        new("probe-failing", "max by (host, probe) (1 - vigie_probe_success)", 1, TimeSpan.FromMinutes(10), Severity.Warning,
            "A probe does not work", ChartUnit.Count),
        new("raid-degraded", Raid, 1, Now, Severity.Critical, "A disk of a RAID array has failed", ChartUnit.Count),
        new("unit-failed", "max by (host, unit) (vigie_systemd_unit_failed)", 1, TimeSpan.FromMinutes(5), Severity.Warning,
            "A systemd unit has failed", ChartUnit.Count),
        new("host-twins", "max by (host) (vigie_host_identities)", 2, Now, Severity.Warning, "Several servers report under one name",
            ChartUnit.Count),
        new("clock-unsynchronized", Clock, 16, TimeSpan.FromMinutes(30), Severity.Warning, "The clock is not synchronized", null),
    ];

    /// <summary>Use of the file systems that have not so many bytes left; of what does not tell its bytes, all.</summary>
    static string Short(double bytes)
    {
        string roomy = bytes.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        return $"({Disk}) unless on (host, mountpoint) (system_filesystem_usage_bytes{{state=\"free\"}} >= {roomy} or node_filesystem_avail_bytes >= {roomy})";
    }

    /// <summary>Ends so much below its threshold.</summary>
    static Rule Until(double below, Rule rule) => rule with { Clear = rule.Threshold - below };

    /// <summary>MemAvailable never reaches zero and a file system keeps a block or two: full is what rounds to 100 %.</summary>
    static double Full(double percent) => Math.Min(percent / 100, 0.995);
}
