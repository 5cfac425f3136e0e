using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Alerts.Reports;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.OtlpRequests;

namespace Vigie.Tests.Hub.Alerts;

public sealed class ReportTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static TimeSpan Minutes(double n) => TimeSpan.FromMinutes(n);

    [Fact]
    public async Task It_tells_what_was_wrong_how_long_and_which_disks_will_be_full()
    {
        await using var stage = await AlertStage.StartAsync();
        double disk = 0.6;
        for (int i = 0; i < 24; i++)
        {
            await stage.ReportAsync("web<1>", Disk(0.2));
            await stage.RunAsync(Minutes(10), "db1", Disk(disk, "/srv"), Memory(i is >= 6 and < 9 ? 0.999 : 0.3));
            disk += 0.0005;
        }
        var message = await stage.Hub.Get<ReportComposer>().ComposeAsync(stage.Now, TimeSpan.FromHours(4), stage.Hub.Get<MessageStyles>().Default, Ct);
        string text = message.Text.Replace('\u00a0', ' ');
        Assert.Contains("AVAILABILITY\n1 of 2 servers reported all the time.\n- web<1>: ", text, StringComparison.Ordinal);
        Assert.Contains("- db1: The memory is full: 20 Nov 2026 22:01, 30 min", text, StringComparison.Ordinal);
        Assert.Contains("FORECAST\n", text, StringComparison.Ordinal);
        Assert.Contains("- db1 /srv: ", text, StringComparison.Ordinal);
        Assert.Contains("web&lt;1&gt;", message.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("web<1>", message.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("weekly", "2026-11-23T06:55Z", "2026-11-23T07:00Z"), InlineData("daily", "2026-11-21T06:55Z", "2026-11-21T07:00Z")]
    public async Task It_comes_at_its_hour_once(string every, string before, string due)
    {
        await using var stage = await AlertStage.StartAsync(o => o with { Reports = new() { Every = every } });
        stage.Time.SetUtcNow(DateTimeOffset.Parse(before, System.Globalization.CultureInfo.InvariantCulture));
        var clock = stage.Hub.Get<ReportClock>();
        Assert.False(await clock.RunAsync(Ct)); // the one before is long past
        stage.Time.SetUtcNow(DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(await clock.RunAsync(Ct));
        Assert.False(await clock.RunAsync(Ct));
        await stage.RestartAsync(Minutes(30));
        Assert.False(await stage.Hub.Get<ReportClock>().RunAsync(Ct));
        await stage.Hub.Get<OutboxDelivery>().RunAsync(Ct);
        var mail = Assert.Single(stage.Smtp.Mails());
        Assert.StartsWith("[Vigie] Report from ", mail.Subject!, StringComparison.Ordinal);
        Assert.Contains("Nothing went wrong.", mail.TextBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_prints_it()
    {
        using var folder = new TempFolder();
        await Cli.OkAsync(folder.Path, "init");
        Assert.Contains("Nothing went wrong.", await Cli.OkAsync(folder.Path, "report"), StringComparison.Ordinal);
        await Cli.FailsAsync(folder.Path, "--range is \"soon\"", "report", "--range", "soon");
    }
}
