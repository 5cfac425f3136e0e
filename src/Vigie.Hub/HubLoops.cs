using Vigie.Hub.Advisories;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Reports;
using Vigie.Hub.Alerts.Watchdog;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.Hub.Retention;
using Vigie.Storage;

namespace Vigie.Hub;

/// <summary>The hub's background work, each behind the same guard.</summary>
static class HubLoops
{
    static readonly TimeSpan DeliveryEvery = TimeSpan.FromSeconds(5),
        CleanEvery = TimeSpan.FromHours(1), SealEvery = TimeSpan.FromMinutes(1);

    public const string AlertLoop = "Alerts";

    const string SealLoop = "Blocks", ChannelLoop = "Channel ", OtherLoop = "Outbox";

    public static void Add(IServiceCollection services, HubOptions options)
    {
        Add(services, AlertLoop, options.Alerts.Every, s =>
        {
            var pace = new AlertPace(s.GetRequiredService<TimeProvider>());
            return ct => pace.RunAsync(() => AlertRoundAsync(s, pace.TakeSweep(), ct), ct);
        });
        foreach (var (channel, _) in ChannelSet.Options(options))
            Add(services, ChannelLoop + channel, DeliveryEvery, s => ct => s.GetRequiredService<OutboxDelivery>().RunAsync(channel, ct));
        Add(services, OtherLoop, DeliveryEvery, s => ct => s.GetRequiredService<OutboxDelivery>().RunOthersAsync(ct));
        Add(services, SealLoop, SealEvery, s => async ct =>
        {
            var store = s.GetRequiredService<MetricStore>();
            if (!store.SealIsDue)
                return;
            await store.SealAsync(ct);
            NativeMemory.GiveBack();
        });
        Add(services, "Retention", CleanEvery, s => async ct =>
        {
            var round = s.GetRequiredService<RetentionRound>();
            await round.RunAsync(ct);
            if (round.Clock.Ahead is null)
                await s.GetRequiredService<DeliveryStore>().CleanAsync(s.GetRequiredService<TimeProvider>().GetUtcNow(), ct);
        });
        Add(services, "Memory", HeapSlack.Every, s =>
        {
            var slack = new HeapSlack(s.GetRequiredService<TimeProvider>(), s.GetRequiredService<MetricStore>().ReleaseBuffers);
            return _ =>
            {
                slack.Look();
                return Task.CompletedTask;
            };
        });
        if (options.Reports.Every != "none")
            Add(services, "Reports", TimeSpan.FromMinutes(5), s => s.GetRequiredService<ReportClock>().RunAsync);
        WatchdogLoops.Add(services, options.Watchdog);
        AdvisoryLoops.Add(services);
        if (options.Backup.Every > TimeSpan.Zero)
            Add(services, "Backup", TimeSpan.FromMinutes(10), s => ct => BackupWhenDue(s, options, ct));
    }

    /// <summary>
    /// Seals as soon as the store has enough, looks at what has arrived and sends what there is to send at once, not only at the loops' own
    /// pace; logs what the store finds damaged.
    /// </summary>
    public static void Connect(IServiceProvider services)
    {
        var loops = services.GetServices<BackgroundLoop>().ToList();
        var loop = loops.First(l => l.Name == SealLoop);
        foreach (var channel in loops.Where(l => l.Name == OtherLoop || l.Name.StartsWith(ChannelLoop, StringComparison.Ordinal)))
            services.GetRequiredService<OutboxStore>().Added += channel.Wake;
        AdvisoryLoops.Connect(services);
        var alerts = loops.First(l => l.Name == AlertLoop);
        services.GetRequiredService<HostDirectory>().Reported += _ => alerts.Wake();
        var log = services.GetRequiredService<ILogger<BackgroundLoop>>();
        var store = services.GetRequiredService<MetricStore>();
        store.SealNeeded += loop.Wake;
        store.DamageFound += block => Log.BlockDamaged(log, block.Id, block.Host, block.First, block.Last, block.Reason);
    }

    public static void Add(IServiceCollection services, string name, TimeSpan every,
        Func<IServiceProvider, Func<CancellationToken, Task>> work) =>
        Add(services, name, _ => every, work);

    /// <param name="every">Asked once, when the parts stand: a feed knows its own pace.</param>
    public static void Add(IServiceCollection services, string name, Func<IServiceProvider, TimeSpan> every,
        Func<IServiceProvider, Func<CancellationToken, Task>> work)
    {
        services.AddSingleton(s =>
            new BackgroundLoop(name, every(s), work(s), s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<ILogger<BackgroundLoop>>()));
        services.AddSingleton<IHostedService>(s => s.GetServices<BackgroundLoop>().First(l => l.Name == name));
    }

    static async Task AlertRoundAsync(IServiceProvider s, bool sweep, CancellationToken ct)
    {
        try
        {
            if (sweep)
            {
                var batch = await s.GetRequiredService<HostDirectory>().SweepAsync(ct);
                s.GetRequiredService<Heartbeats.Heartbeats>().AddTo(batch);
                s.GetRequiredService<ChannelMetrics>().AddTo(batch);
                s.GetRequiredService<HubHealth>().AddTo(batch);
                s.GetRequiredService<HubMetrics>().AddTo(batch, s.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds());
                await s.GetRequiredService<MetricStore>().WriteAsync(batch, ct);
            }
        }
        finally
        {
            await s.GetRequiredService<AlertEngine>().EvaluateAsync(ct); // also while nothing more can be stored
        }
    }

    static Task BackupWhenDue(IServiceProvider services, HubOptions options, CancellationToken ct) => Task.Run(() =>
    {
        var folder = services.GetRequiredService<DataFolder>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (File.Exists(folder.Backup) && now.UtcDateTime - File.GetLastWriteTimeUtc(folder.Backup) < options.Backup.Every)
            return;
        DatabaseFiles.Backup(folder.Database, folder.Backup, options.Backup.Keep, null, ct);
        Log.BackedUp(services.GetRequiredService<ILogger<BackgroundLoop>>(), folder.Backup);
    }, ct);
}
