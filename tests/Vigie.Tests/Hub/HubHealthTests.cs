using Microsoft.Extensions.Logging.Abstractions;
using Vigie.Core.Metrics;
using Vigie.Hub;
using Vigie.Hub.Alerts;
using Vigie.Hub.Configuration;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub;

/// <summary>The hub watches itself by the rules that watch servers.</summary>
public sealed class HubHealthTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static HubHealth Health(AlertStage stage, params BackgroundLoop[] loops) =>
        new(loops, stage.Hub.Get<AlertEngine>(), stage.Hub.Folder, stage.Hub.Get<HubOptions>(), stage.Time);

    static async Task RunAsync(AlertStage stage, HubHealth health, int minutes)
    {
        for (int minute = 0; minute < minutes; minute++)
        {
            stage.Time.Advance(TimeSpan.FromMinutes(1));
            var batch = new SampleBatch();
            health.AddTo(batch);
            await stage.Hub.Get<MetricStore>().WriteAsync(batch, Ct);
            await stage.RoundAsync();
        }
    }

    [Fact]
    public async Task A_part_that_fails_again_and_again_is_told_by_its_name_and_so_is_its_recovery()
    {
        await using var stage = await AlertStage.StartAsync();
        bool works = false;
        using var loop = new BackgroundLoop("Backup", TimeSpan.FromSeconds(1), _ => works ? Task.CompletedTask : throw new IOException("the disk is full"),
            stage.Time, NullLogger<BackgroundLoop>.Instance);
        await loop.StartAsync(Ct);
        var health = Health(stage, loop);
        await RunAsync(stage, health, 8);
        Assert.Contains(stage.Smtp.Mails(), m => m.Subject!.Contains("A part of Vigie does not work (Backup)", StringComparison.Ordinal));
        works = true;
        for (int i = 0; i < 100 && loop.LastFailure is not null; i++)
        {
            stage.Time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        }
        await RunAsync(stage, health, 2);
        Assert.DoesNotContain(stage.Open, a => a.Rule == "hub-failing");
        await loop.StopAsync(Ct);
    }

    [Fact]
    public async Task A_backup_that_is_not_made_any_more_is_told_of()
    {
        await using var stage = await AlertStage.StartAsync(o => o with { Backup = o.Backup with { Every = TimeSpan.FromHours(1) } });
        await File.WriteAllTextAsync(stage.Hub.Folder.Backup, "", Ct);
        File.SetLastWriteTimeUtc(stage.Hub.Folder.Backup, stage.Now.UtcDateTime.AddMinutes(-100));
        await RunAsync(stage, Health(stage), 10);
        Assert.DoesNotContain(stage.Open, a => a.Rule == "backup-late");
        await RunAsync(stage, Health(stage), 30);
        Assert.Contains(stage.Open, a => a is { Rule: "backup-late", State: AlertState.Firing });
    }
}
