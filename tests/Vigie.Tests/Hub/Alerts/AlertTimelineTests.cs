using Vigie.Hub.Alerts;
using Vigie.Hub.Ingest;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

public sealed class AlertTimelineTests
{
    static TimeSpan Minutes(double n) => TimeSpan.FromMinutes(n);

    [Fact]
    public async Task A_busy_cpu_is_mailed_once_and_its_recovery_in_the_same_thread()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(10), "web1", Cpu(0.2));
        Assert.Empty(stage.Smtp.Mails());

        await stage.RunAsync(Minutes(10), "web1", Cpu(0.97));
        var firing = Assert.Single(stage.Smtp.Mails());
        Assert.Equal("[CRITICAL] web1: The CPU is overloaded 97 %", firing.Subject!.Replace('\u00a0', ' '));

        await stage.RunAsync(Minutes(10), "web1", Cpu(0.2));
        var mails = stage.Smtp.Mails();
        Assert.Equal(2, mails.Count);
        Assert.StartsWith("[RESOLVED] web1: The CPU is overloaded", mails[1].Subject!, StringComparison.Ordinal);
        Assert.Equal(firing.MessageId, mails[1].InReplyTo);
        Assert.Empty(stage.Open);
    }

    [Fact]
    public async Task A_server_that_stops_is_late_first_and_inactive_after_thirty_minutes()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(5), "web1", Cpu(0.2));

        await stage.RunAsync(Minutes(4), "web1");
        Assert.Empty(stage.Smtp.Mails());
        await stage.RunAsync(Minutes(3), "web1");
        Assert.Contains("has stopped reporting", Assert.Single(stage.Smtp.Mails()).Subject!, StringComparison.Ordinal);

        await stage.RunAsync(Minutes(22), "web1");
        Assert.Single(stage.Smtp.Mails());
        await stage.RunAsync(Minutes(2), "web1");
        Assert.Contains("[CRITICAL] web1: The server is inactive", stage.Smtp.Mails()[1].Subject!, StringComparison.Ordinal);

        await stage.RunAsync(Minutes(180), "web1");
        var reminders = stage.Smtp.Mails().Skip(2).ToList();
        Assert.Equal(3, reminders.Count); // each hour, for nobody has acknowledged it
        Assert.All(reminders, m => Assert.Contains("and nobody has acknowledged it.", m.TextBody!, StringComparison.Ordinal));
        await stage.RunAsync(Minutes(1), "web1", Cpu(0.2));
        Assert.Equal("[RESOLVED] web1: The server is inactive", stage.Smtp.Mails()[^1].Subject);
        Assert.Equal(6, stage.Smtp.Mails().Count);
        Assert.All(stage.Smtp.Mails().Skip(1), m => Assert.Equal(stage.Smtp.Mails()[0].MessageId, m.InReplyTo));
        Assert.Empty(stage.Open);
    }

    [Fact]
    public async Task A_full_disk_names_its_mount_point_and_ends_when_space_is_made()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(2), "db1", Disk(0.5, "/srv"), Disk(0.3));
        await stage.RunAsync(Minutes(2), "db1", Disk(1.0, "/srv"), Disk(0.3));
        var alert = Assert.Single(stage.Open, a => a.State == AlertState.Firing);
        Assert.Equal(("disk-full", "/srv"), (alert.Rule, alert.Subject));
        Assert.Contains("(/srv)", Assert.Single(stage.Smtp.Mails()).Subject!, StringComparison.Ordinal);
        await stage.RunAsync(Minutes(1), "db1", Disk(0.5, "/srv"), Disk(0.3));
        Assert.Empty(stage.Open);
        Assert.Equal(2, stage.Smtp.Mails().Count);
    }

    [Fact]
    public async Task A_memory_that_rounds_to_full_is_full()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(1), "web1", Memory(0.996));
        Assert.Contains(stage.Open, a => a is { Rule: "memory-full", State: AlertState.Firing });
    }

    [Fact]
    public async Task A_warning_waits_for_its_time_and_is_forgotten_when_it_does_not_last()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(3), "db1", Disk(0.9));
        Assert.Equal(AlertState.Pending, Assert.Single(stage.Open).State);
        await stage.RunAsync(Minutes(1), "db1", Disk(0.8));
        Assert.Empty(stage.Open);
        Assert.Empty(stage.Hub.Get<AlertStore>().Past(10));
        await stage.RunAsync(Minutes(7), "db1", Disk(0.9));
        Assert.Single(stage.Smtp.Mails());
    }

    [Fact]
    public async Task A_warning_is_not_told_while_the_critical_alert_of_the_same_thing_fires()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(30), "db1", Disk(1.0));
        Assert.Contains(stage.Open, a => a is { Rule: "disk-filling", State: AlertState.Firing });
        Assert.Contains("A disk is full", Assert.Single(stage.Smtp.Mails()).Subject!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_neither_repeats_nor_forgets_nor_begins_anew()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(6), "web1", Disk(1.0), Cpu(0.99));
        int mails = stage.Smtp.Mails().Count;
        await stage.RunAsync(Minutes(3), "db1", Disk(0.9));
        await stage.RestartAsync();
        await stage.RunAsync(Minutes(1), "web1", Disk(1.0), Cpu(0.99));
        Assert.Equal(mails, stage.Smtp.Mails().Count);
        await stage.RunAsync(Minutes(2), "db1", Disk(0.9));
        Assert.Contains(stage.Open, a => a is { Rule: "disk-filling", Host: "db1", State: AlertState.Firing });
    }

    [Fact]
    public async Task The_hubs_own_absence_is_no_silence_of_its_hosts()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(3), "web1", Cpu(0.1));
        await stage.RestartAsync(away: TimeSpan.FromHours(5));
        await stage.RunAsync(Minutes(2), "web1");
        Assert.Empty(stage.Smtp.Mails());
        await stage.RunAsync(Minutes(6), "web1");
        Assert.Single(stage.Smtp.Mails());
    }

    [Fact]
    public async Task No_data_from_a_silent_host_ends_nothing()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(2), "db1", Disk(1.0));
        await stage.RunAsync(Minutes(60), "db1");
        Assert.Contains(stage.Open, a => a is { Rule: "disk-full", State: AlertState.Firing });
        Assert.DoesNotContain(stage.Smtp.Mails(), m => m.Subject!.StartsWith("[RESOLVED]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_reports_every_five_minutes_is_not_late_and_its_alert_does_not_flap()
    {
        await using var stage = await AlertStage.StartAsync();
        for (int report = 0; report < 8; report++)
        {
            await stage.Hub.Get<SampleIngest>()
                .TakeAsync(Every(Minutes(5), "slow", stage.Now, Disk(1.0), Cpu(0.99)), "", TestContext.Current.CancellationToken);
            await stage.RunAsync(Minutes(5), "slow");
        }
        Assert.Equal(["disk-full", "cpu-high", "disk-almost-full"], stage.Open.Where(a => a.Severity == "critical").OrderBy(a => a.Id).Select(a => a.Rule));
        Assert.Equal(2, stage.Smtp.Mails().Count);
    }

    [Fact]
    public async Task A_file_system_that_is_gone_from_a_reporting_host_ends_its_alert()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(2), "db1", Disk(1.0, "/mnt/usb"), Cpu(0.1));
        await stage.RunAsync(Minutes(7), "db1", Cpu(0.1));
        Assert.Empty(stage.Open);
    }
}
