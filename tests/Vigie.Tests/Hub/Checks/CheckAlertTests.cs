using Vigie.Agent.Checks;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub.Alerts;
using Vigie.Hub.Snapshots;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Checks;

public sealed class CheckAlertTests
{
    static readonly MetricInfo Status = new("vigie.check.status", "1", MetricKind.Gauge, "State.");

    static (MetricInfo, double, SampleAttribute[]) Is(CheckState state) => (Status, (int)state, [new("check", "disk")]);

    static Task<IReadOnlyList<Alert>> RunAsync(AlertStage stage, int minutes, CheckState state) =>
        stage.RunAsync(TimeSpan.FromMinutes(minutes), "web1", Is(state));

    static IEnumerable<string> Firing(AlertStage stage) => stage.Open.Where(a => a.State == AlertState.Firing).Select(a => a.Rule).Order();

    [Fact]
    public async Task A_critical_check_is_mailed_once_with_what_it_says_and_its_end_too()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.ReportAsync("web1", Is(CheckState.Ok));
        var said = new CheckResult("disk", CheckState.Critical, "DISK CRITICAL - free space: <b>/var</b>", "/var is full\n/ is not");
        await stage.Hub.Get<SnapshotStore>().SaveAsync("web1", CheckDocument.Kind,
            CheckDocument.Write([new(said, "nagios", 0, 0, TimeSpan.Zero)]), default);
        await RunAsync(stage, 5, CheckState.Critical);
        Assert.Equal(["check-critical", "check-warning"], Firing(stage)); // the warning is not told beside it
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.Equal("[CRITICAL] web1: A check is critical (disk) DISK CRITICAL - free space: <b>/var</b>", mail.Subject);
        Assert.Contains("DISK CRITICAL - free space: <b>/var</b>\n/var is full\n/ is not",
            mail.TextBody!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;/var&lt;/b&gt;", mail.HtmlBody!, StringComparison.Ordinal);

        await RunAsync(stage, 2, CheckState.Ok);
        Assert.Empty(stage.Open);
        Assert.Equal("[RESOLVED] web1: A check is critical (disk)", stage.Smtp.Mails()[^1].Subject);
    }

    [Fact]
    public async Task A_check_that_cannot_tell_ends_no_alert_and_becomes_one_after_some_minutes()
    {
        await using var stage = await AlertStage.StartAsync();
        await RunAsync(stage, 3, CheckState.Warning);
        Assert.Equal(["check-warning"], Firing(stage));
        await RunAsync(stage, 3, CheckState.Unknown);
        Assert.Equal(["check-warning"], Firing(stage));
        await RunAsync(stage, 4, CheckState.Unknown);
        Assert.Equal(["check-unknown", "check-warning"], Firing(stage));
        await RunAsync(stage, 1, CheckState.Ok);
        Assert.Empty(stage.Open);
    }
}
