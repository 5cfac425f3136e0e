using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;
using Vigie.Core.Metrics;
using Vigie.Hub.Advisories;
using Vigie.Hub.Alerts;
using Vigie.Hub.Ingest;
using Vigie.Tests.Support;

namespace Vigie.Tests.EndToEnd;

[Collection(nameof(Chromium))]
public sealed class PageTests(Chromium chromium)
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 15, 30, 0, TimeSpan.Zero);

    static async Task<TestHub> HubAsync()
    {
        var hub = await TestHub.StartAsync(new FakeTimeProvider(Noon));
        await SampleFleet.WriteAsync(hub.Get<SampleIngest>(), Noon, TimeSpan.FromHours(7), "db1.example.org",
            "mail.example.org", "web1.example.org", "web2.example.org", "backup.example.org");
        await SampleChecks.WriteAsync(hub, "db1.example.org", Noon);
        await hub.Get<AlertEngine>().EvaluateAsync(default);
        foreach (var advisory in SampleAdvisories.All)
            await hub.Get<AdvisoryStore>().SaveAsync(advisory, [], Noon, default);
        return hub;
    }

    [Fact]
    public async Task Pages_show_hosts_and_charts_without_a_single_policy_violation()
    {
        await using var hub = await HubAsync();
        var (page, complaints) = await chromium.OpenAsync(hub);
        await Assertions.Expect(page.Locator("table.hosts tbody tr")).ToHaveCountAsync(5);
        await page.GetByRole(AriaRole.Link, new() { Name = "db1.example.org" }).ClickAsync();
        await Assertions.Expect(page.Locator("figure.chart")).ToHaveCountAsync(8);
        await Assertions.Expect(page.Locator("#cpu path.area").First).ToBeVisibleAsync();
        foreach (string path in new[] { "alerts", "advisories", "?q=web" })
            await page.GotoAsync(hub.Address + path);
        Assert.Empty(complaints);
    }

    [Theory]
    [InlineData("/"), InlineData("/hosts/db1.example.org"), InlineData("/alerts"), InlineData("/advisories")]
    public async Task A_page_fits_a_phone(string path)
    {
        await using var hub = await HubAsync();
        var (page, _) = await chromium.OpenAsync(hub, new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await page.GotoAsync(hub.Address + path.TrimStart('/'));
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task Without_javascript_everything_can_be_read()
    {
        await using var hub = await HubAsync();
        var (page, _) = await chromium.OpenAsync(hub, new() { JavaScriptEnabled = false });
        Assert.Equal(5, await page.Locator("table.hosts tbody tr").CountAsync());
        await page.GotoAsync($"{hub.Address}hosts/web1.example.org?range=1h");
        Assert.Equal(8, await page.Locator("figure.chart svg.chart-svg").CountAsync());
        Assert.Contains("%", await page.Locator("#cpu .legend").InnerTextAsync());
    }

    [Fact]
    public async Task The_crosshair_reads_all_charts_and_a_drag_zooms_into_the_address()
    {
        await using var hub = await HubAsync();
        var (page, complaints) = await chromium.OpenAsync(hub);
        await page.GotoAsync($"{hub.Address}hosts/db1.example.org");
        string before = await page.Locator("#load .legend").InnerTextAsync();
        var frame = (await page.Locator("#cpu .frame").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(frame.X + (frame.Width * 0.3f), frame.Y + 80);
        await Assertions.Expect(page.Locator(".crosshair")).ToHaveCountAsync(8);
        await Assertions.Expect(page.Locator("#load .legend")).Not.ToHaveTextAsync(before);
        // A browser without a screen loses a gesture now and then; whoever drags would drag again.
        for (int attempt = 0; attempt < 6 && !page.Url.Contains("from=", StringComparison.Ordinal); attempt++)
        {
            await page.Mouse.MoveAsync(frame.X + (frame.Width * 0.3f), frame.Y + 80);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync(frame.X + (frame.Width * 0.6f), frame.Y + 80, new() { Steps = 5 });
            await page.Mouse.UpAsync();
            await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        }
        await page.WaitForURLAsync("**from=*&to=*");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_new_sample_reaches_an_open_page_by_itself()
    {
        await using var hub = await HubAsync();
        var (page, complaints) = await chromium.OpenAsync(hub);
        await Assertions.Expect(page.Locator("[data-live].on")).ToBeVisibleAsync();
        await hub.Get<SampleIngest>()
            .TakeAsync(OtlpRequests.Of("web1.example.org", Noon.AddSeconds(1), OtlpRequests.Memory(0.777)), "", default);
        ((FakeTimeProvider)hub.Get<TimeProvider>()).Advance(TimeSpan.FromSeconds(2));
        await Assertions.Expect(page.Locator("tr[data-host='web1.example.org'] [data-field='memory-text']")).ToHaveTextAsync("77.7\u00a0%");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_chart_that_has_data_only_now_comes_into_an_open_page_at_its_place()
    {
        await using var hub = await HubAsync();
        var (page, complaints) = await chromium.OpenAsync(hub);
        await page.GotoAsync($"{hub.Address}hosts/db1.example.org?range=1h");
        await Assertions.Expect(page.Locator("figure.chart")).ToHaveCountAsync(8);
        var temperature = new MetricInfo("hw.temperature", "Cel", MetricKind.Gauge, "Temperature.");
        var processes = new MetricInfo("system.process.count", "{process}", MetricKind.Gauge, "Processes.");
        await hub.Get<SampleIngest>().TakeAsync(OtlpRequests.Of("db1.example.org", Noon,
            (temperature, 41, [new("hw.id", "a/temp1"), new("hw.name", "a temp1")]), (processes, 3, [new("process.state", "running")])), "", default);
        await page.EvaluateAsync("() => document.querySelector('host-charts').redraw()");
        await Assertions.Expect(page.Locator("figure.chart")).ToHaveCountAsync(10);
        Assert.Equal("users process sensors", await page.EvaluateAsync<string>(
            "() => [...document.querySelectorAll('figure.chart')].slice(-3).map(f => f.dataset.chart).join(' ')"));
        await page.EvaluateAsync("at => document.querySelector('host-charts').redraw(at - 7200000, at - 3600000)", Noon.ToUnixTimeMilliseconds());
        await Assertions.Expect(page.Locator("figure.chart")).ToHaveCountAsync(8);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task What_a_check_says_now_reaches_an_open_page_by_itself()
    {
        await using var hub = await HubAsync();
        var (page, complaints) = await chromium.OpenAsync(hub);
        await page.GotoAsync($"{hub.Address}hosts/web1.example.org");
        await Assertions.Expect(page.Locator("[data-live].on")).ToBeVisibleAsync();
        await SampleChecks.WriteAsync(hub, "web1.example.org", Noon.AddSeconds(1));
        ((FakeTimeProvider)hub.Get<TimeProvider>()).Advance(TimeSpan.FromSeconds(2));
        await Assertions.Expect(page.Locator(".checks").First).ToContainTextAsync("DISK CRITICAL");
        await Assertions.Expect(page.Locator("figure.chart")).ToHaveCountAsync(8);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task The_first_visit_already_shows_the_viewers_own_hours()
    {
        await using var hub = await HubAsync();
        var (page, _) = await chromium.OpenAsync(hub, new() { TimezoneId = "America/New_York" });
        await page.Context.ClearCookiesAsync(new() { Name = "vigie-zone" });
        await page.GotoAsync($"{hub.Address}hosts/db1.example.org");
        await Assertions.Expect(page.Locator("#load .tick", new() { HasText = "10:00" })).ToHaveCountAsync(1); // 15:00 UTC
        await Assertions.Expect(page.Locator("#load .tick", new() { HasText = "15:00" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task French_and_dark_are_kept()
    {
        await using var hub = await HubAsync();
        var (page, _) = await chromium.OpenAsync(hub);
        await page.GetByRole(AriaRole.Button, new() { Name = "Français" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("Serveurs");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sombre" }).ClickAsync();
        await page.GotoAsync($"{hub.Address}alerts");
        Assert.Equal("dark", await page.Locator("html").GetAttributeAsync("data-theme"));
        Assert.Equal("fr", await page.Locator("html").GetAttributeAsync("lang"));
    }

    /// <summary>Not a test of its own: writes the pictures of the README when VIGIE_SCREENSHOTS names a folder.</summary>
    [Fact]
    public async Task Pictures_of_the_pages()
    {
        string? folder = Environment.GetEnvironmentVariable("VIGIE_SCREENSHOTS");
        Assert.SkipWhen(folder is null, "VIGIE_SCREENSHOTS names no folder; docs/screenshots.sh sets it");
        await using var hub = await HubAsync();
        foreach (var (name, path, width, height, dark, french) in new[]
                 {
                     ("hosts-light", "", 1440, 620, false, false), ("hosts-dark-fr", "", 1440, 620, true, true),
                     ("host-light", "hosts/db1.example.org", 1440, 1180, false, false),
                     ("host-dark-fr", "hosts/db1.example.org", 1440, 1180, true, true),
                     ("host-phone", "hosts/db1.example.org", 390, 844, true, false), ("hosts-phone", "", 390, 844, false, true),
                     ("alerts-light", "alerts", 1440, 900, false, false),
                     ("checks-light", "hosts/db1.example.org#checks", 1440, 900, false, false),
                     ("advisories-dark-fr", "advisories", 1440, 900, true, true), ("alerts-phone", "alerts", 390, 844, true, true),
                 })
        {
            var (page, _) = await chromium.OpenAsync(hub, new()
            {
                ViewportSize = new() { Width = width, Height = height },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                Locale = french ? "fr-FR" : "en-GB",
                TimezoneId = "Europe/Paris",
            });
            await page.GotoAsync(hub.Address + path);
            await page.ReloadAsync();
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
            await page.GotoAsync($"{hub.Address}healthz");
            await page.Context.CloseAsync();
        }
    }
}
