using System.ComponentModel;
using Vigie.Hub.Advisories;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Alerts.Reports;
using Vigie.Hub.Alerts.Watchdog;
using Vigie.Hub.Ingest;
using Vigie.PromQL;
using Vigie.Storage;

namespace Vigie.Hub.Configuration;

/// <summary>
/// Every setting of the hub. The records stand beside their features; their descriptions make the commented config.json,
/// the JSON schema and the messages.
/// </summary>
sealed record HubOptions
{
    [Description("The hub itself: where it listens and how it speaks.")]
    public ServerOptions Server { get; init; } = new();

    [Description("This machine's own probe, run inside the hub by `vigie up`.")]
    public LocalProbeOptions Probe { get; init; } = new();

    [Description("What is taken from agents and collectors.")]
    public IngestOptions Ingest { get; init; } = new();

    [Description("How long history is kept.")]
    public RetentionSettings Retention { get; init; } = new();

    [Description("How large a query may be, of a chart, a rule or a person.")]
    public QueriesOptions Queries { get; init; } = new();

    [Description("Copies of monitoring.db.")]
    public BackupOptions Backup { get; init; } = new();

    [Description("When an alert is raised.")]
    public AlertOptions Alerts { get; init; } = new();

    [Description("How alerts become messages: together, again, and when they are over.")]
    public IncidentOptions Incidents { get; init; } = new();

    [Description("The mail server that carries alerts. Nothing is mailed while Host or To is empty.")]
    public MailOptions Mail { get; init; } = new();

    [Description("More ways to tell than Mail, each with a name of yours: \"ops\": { \"Kind\": \"slack\", \"UrlFile\": \"/etc/vigie/slack\" }. "
        + "`vigie channel kinds` lists the kinds and their settings.")]
    public IReadOnlyDictionary<string, ChannelOptions> Channels { get; init; } = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal);

    [Description("A report of the week, or a digest of the day.")]
    public ReportOptions Reports { get; init; } = new();

    [Description("What tells you when Vigie itself does not work any more.")]
    public WatchdogOptions Watchdog { get; init; } = new();

    [Description("Security advisories.")]
    public FeedsOptions Feeds { get; init; } = new();

    public StoreLimits ToStoreLimits() => new()
    {
        Raw = Retention.Raw,
        FiveMinutes = Retention.FiveMinutes,
        Hour = Retention.Hour,
        RawBytes = Retention.RawBytes.Bytes,
        FiveMinutesBytes = Retention.FiveMinutesBytes.Bytes,
        HourBytes = Retention.HourBytes.Bytes,
        Series = Ingest.Series,
    };

    /// <summary>Where people reach the hub, without a slash at the end.</summary>
    public string PublicUrl() => (Server.PublicUrl.Length > 0 ? Server.PublicUrl : Server.Urls.Split(';')[0].Trim()).TrimEnd('/');
}

sealed record ServerOptions
{
    [Description("Addresses to listen on, separated by a semicolon. Other machines reach the hub on http://0.0.0.0:5000.")]
    public string Urls { get; init; } = "http://127.0.0.1:5000";

    [Description("The address people and mails use to reach the hub; empty means the first of Urls.")]
    public string PublicUrl { get; init; } = "";

    [Description("Language of mails, and of pages when the browser asks for neither: en or fr."), OneOf("en", "fr")]
    public string Language { get; init; } = "en";

    [Description("Time zone of mails and of pictures, such as Europe/Paris; empty means this machine's.")]
    public string TimeZone { get; init; } = "";
}

sealed record LocalProbeOptions
{
    [Description("How often this machine is measured, 1s to 5min."), Between("1s", "5min")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    [Description("Name of this machine; empty means its host name.")]
    public string HostName { get; init; } = "";

    [Description("Probes not to run: activity, clock, containers, cpu, disk, filesystem, inventory, kernel, load, memory, network, packages, paging, "
        + "pressure, process, raid, sensors, systemd, textfile, uptime, users.")]
    public IReadOnlyList<string> Disabled { get; init; } = [];

    [Description("Whether each processor is measured besides all of them together.")]
    public bool PerCore { get; init; }

    [Description("Whether users of this machine are shown under other words than their names, and not from where they came.")]
    public bool HideUsers { get; init; }
}

sealed record RetentionSettings
{
    [Description("Samples as they were sent; older ones are deleted every hour."), Between("1h", "3650d")]
    public TimeSpan Raw { get; init; } = TimeSpan.FromDays(7);

    [Description("Rollups over five minutes (least, greatest, sum, count, last), made of samples two days old; 0s keeps none."),
        Between("0s", "3650d")]
    public TimeSpan FiveMinutes { get; init; } = TimeSpan.FromDays(90);

    [Description("Rollups over an hour; 0s keeps none."), Between("0s", "3650d")]
    public TimeSpan Hour { get; init; } = TimeSpan.FromDays(730);

    [Description("Most bytes of samples as they were sent; beyond it the oldest are deleted before their time."),
        Between("1MiB", "1048576GiB")]
    public ByteSize RawBytes { get; init; } = new(1L << 50);

    [Description("Most bytes of rollups over five minutes."), Between("1MiB", "1048576GiB")]
    public ByteSize FiveMinutesBytes { get; init; } = new(1L << 50);

    [Description("Most bytes of rollups over an hour."), Between("1MiB", "1048576GiB")]
    public ByteSize HourBytes { get; init; } = new(1L << 50);
}

sealed record QueriesOptions
{
    [Description("Most series that one query may read."), Between("100", "100000000")]
    public int MaxSeries { get; init; } = 200_000;

    [Description("Most samples that one query may read and compute; each takes 16 bytes of memory."), Between("10000", "2000000000")]
    public int MaxSamples { get; init; } = 50_000_000;

    [Description("Longest time until a query's answer."), Between("1s", "1h")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    public QueryOptions ToOptions(TimeProvider time) =>
        new() { Time = time, MaxSeries = MaxSeries, MaxSamples = MaxSamples, Timeout = Timeout };
}

sealed record BackupOptions
{
    [Description("How often monitoring_backup.db is made anew; 0s means only by `vigie backup`."), Between("0s", "365d")]
    public TimeSpan Every { get; init; } = TimeSpan.FromDays(1);

    [Description("How many older backups stay beside the newest."), Between("0", "100")]
    public int Keep { get; init; } = 2;
}
