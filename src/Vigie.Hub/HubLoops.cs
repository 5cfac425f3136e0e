using Vigie.Hub.Advisories;
using Vigie.Hub.Alerts;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.Hub.Retention;
using Vigie.Storage;

namespace Vigie.Hub;

/// <summary>The hub's background work, each behind the same guard.</summary>
static class HubLoops
{
    static readonly TimeSpan DeliveryEvery = TimeSpan.FromSeconds(5), CleanEvery = TimeSpan.FromHours(1), SealEvery = TimeSpan.FromMinutes(1);

    const string SealLoop = "Blocks";

    public static void Add(IServiceCollection services, HubOptions options)
    {
        Add(services, "Alerts", options.Alerts.Every, s => async ct =>
        {
            var batch = await s.GetRequiredService<HostDirectory>().SweepAsync(ct);
            s.GetRequiredService<Heartbeats.Heartbeats>().AddTo(batch);
            s.GetRequiredService<HubMetrics>().AddTo(batch, s.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds());
            try
            {
                await s.GetRequiredService<MetricStore>().WriteAsync(batch, ct);
            }
            finally
            {
                await s.GetRequiredService<AlertEngine>().EvaluateAsync(ct); // also while nothing more can be stored
            }
        });
        Add(services, "Outbox", DeliveryEvery, s => ct => s.GetRequiredService<OutboxDelivery>().RunAsync(ct));
        Add(services, SealLoop, SealEvery, s => async ct =>
        {
            var store = s.GetRequiredService<MetricStore>();
            if (!store.SealIsDue)
                return;
            await store.SealAsync(ct);
            NativeMemory.GiveBack();
        });
        Add(services, "Retention", CleanEvery, s => s.GetRequiredService<RetentionRound>().RunAsync);
        Add(services, "Memory", HeapSlack.Every, s =>
        {
            var slack = new HeapSlack(s.GetRequiredService<TimeProvider>(), s.GetRequiredService<MetricStore>().ReleaseBuffers);
            return _ =>
            {
                slack.Look();
                return Task.CompletedTask;
            };
        });
        AdvisoryLoops.Add(services);
        if (options.Backup.Every > TimeSpan.Zero)
            Add(services, "Backup", TimeSpan.FromMinutes(10), s => ct => BackupWhenDue(s, options, ct));
    }

    /// <summary>Seals as soon as the store has enough, and not only at the loop's own pace; logs what the store finds damaged.</summary>
    public static void Connect(IServiceProvider services)
    {
        var loop = services.GetServices<BackgroundLoop>().First(l => l.Name == SealLoop);
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
