using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Backtests;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

/// <summary>What a rule would have done, against what it has done.</summary>
public sealed class BacktestTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static TimeSpan Minutes(double n) => TimeSpan.FromMinutes(n);

    static Task<BacktestResult> TestAsync(AlertStage stage, Rule rule, double minutes, IProgress<double>? progress = null, CancellationToken? ct = null) =>
        stage.Hub.Get<Backtest>().RunAsync(rule, null, stage.Now - Minutes(minutes), stage.Now, progress, ct ?? Ct);

    static Rule Rule(AlertStage stage, string name) => stage.Hub.Get<RuleSet>().Find(name)!;

    [Fact]
    public async Task It_tells_what_the_engine_has_told()
    {
        await using var stage = await AlertStage.StartAsync();
        foreach (double used in (double[])[0.5, 1.0, 0.99, 0.5, 1.0, 0.2, 0.9])
            await stage.RunAsync(Minutes(10), "db1", Disk(used, "/srv"), Disk(0.3));
        foreach (string name in (string[])["disk-full", "disk-filling"])
        {
            var told = stage.Hub.Get<AlertStore>().Past(100).Concat(stage.Open).Where(a => a.Rule == name && a.FiredMs is not null).OrderBy(a => a.Id).ToList();
            Assert.NotEmpty(told);
            var result = await TestAsync(stage, Rule(stage, name), 75);
            var series = Assert.Single(result.Series, s => s.Firings.Count > 0);
            Assert.Equal(("db1", "/srv"), (series.Host, series.Labels["mountpoint"]));
            Assert.Equal(told.Select(a => a.Fired), series.Firings.Select(f => (DateTimeOffset?)f.From));
            Assert.Equal(told.Select(a => a.Resolved), series.Firings.Select(f => f.Until));
        }
    }

    [Fact]
    public async Task Another_threshold_fires_otherwise_and_the_history_suggests_one()
    {
        await using var stage = await AlertStage.StartAsync();
        for (int i = 0; i < 10; i++)
        {
            await stage.RunAsync(Minutes(9), "db1", Memory(0.4));
            await stage.RunAsync(Minutes(1), "db1", Memory(0.7));
        }
        var rule = Rule(stage, "memory-full") with { Clear = null };
        Assert.Equal(0, (await TestAsync(stage, rule, 100)).Times);
        var lower = await TestAsync(stage, rule with { Threshold = 0.6 }, 100);
        Assert.Equal((10, 0.72), (lower.Times, lower.Suggested));
        Assert.All(lower.Series[0].Firings, f => Assert.Equal(0.7, f.Worst));
        Assert.Equal(0.4, lower.Series[0].Quantiles[0].Value);
        Assert.Equal(1, (await TestAsync(stage, rule with { Threshold = 0.6, KeepFiringFor = Minutes(15) }, 100)).Times);
    }

    [Fact]
    public async Task It_says_how_far_it_is_and_stops_when_it_is_told_to()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(5), "db1", Disk(1.0));
        var told = new List<double>();
        await TestAsync(stage, Rule(stage, "disk-full"), 24 * 60, new Collecting(told));
        Assert.Equal(told.Order(), told);
        Assert.Equal((true, 1.0), (told.Count >= 4, told[^1]));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            TestAsync(stage, Rule(stage, "disk-full"), 24 * 60, new Collecting(told, () => stop.Cancel()), stop.Token));
    }

    [Fact]
    public async Task The_page_and_the_command_tell_it()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.RunAsync(Minutes(5), "<b>db1", Disk(1.0));
        using var person = await stage.Hub.PersonAsync();
        string page = await person.GetStringAsync("/rules/preview?rule=disk-full&days=1", Ct);
        Assert.Contains("It would have fired 1 times in", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;db1", page, StringComparison.Ordinal);
        string other = await person.GetStringAsync("/rules/preview?rule=disk-full&host=other", Ct);
        Assert.Contains("It would have fired 0 times in", other, StringComparison.Ordinal);
        Assert.Contains("is no number", await person.GetStringAsync("/rules/preview?rule=disk-full&threshold=lots", Ct), StringComparison.Ordinal);
        Assert.Contains("no such rule", await person.GetStringAsync("/rules/preview?rule=x", Ct), StringComparison.Ordinal);

        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        string none = await Cli.OkAsync(folder.Path, "rules", "test", "disk-full", "--threshold", "90%");
        Assert.Contains("would have fired 0 times", none, StringComparison.Ordinal);
        Assert.Contains("\"times\": 0", await Cli.OkAsync(folder.Path, "rules", "test", "--expr", "up", "--json"), StringComparison.Ordinal);
        await Cli.FailsAsync(folder.Path, "there is no rule \"x\"", "rules", "test", "x");
        await Cli.FailsAsync(folder.Path, "--expr", "rules", "test", "--expr", "sum(");
        await Cli.FailsAsync(folder.Path, "name a rule", "rules", "test");
        await Cli.FailsAsync(folder.Path, "is no number", "rules", "test", "disk-full", "--threshold", "lots");
    }

    sealed class Collecting(List<double> told, Action? also = null) : IProgress<double>
    {
        public void Report(double value)
        {
            told.Add(value);
            also?.Invoke();
        }
    }
}
