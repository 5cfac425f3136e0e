using System.Net;
using Microsoft.Extensions.Time.Testing;
using Vigie.Hub.Accounts;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories;

[Collection(nameof(Chromium))]
public sealed class AdvisoriesPageTests(Chromium chromium)
{
    static readonly DateTimeOffset Now = FeedBench.Start;

    static Advisory Make(string reference, string title = "Vulnérabilité dans X", DetailState detail = DetailState.Full) => new()
    {
        Feed = "CertFr",
        Reference = reference,
        Type = reference.Split('-')[2],
        Number = int.Parse(reference.Split('-')[3]),
        Title = title,
        Url = $"https://www.cert.ssi.gouv.fr/avis/{reference}/",
        First = new(2026, 11, 1),
        Last = new(2026, 11, 1),
        Detail = detail,
        Risks = ["Déni de service à distance"],
    };

    static Task<TestHub> HubAsync(FeedServer? server = null, FakeTimeProvider? time = null) =>
        TestHub.StartAsync(time ?? new FakeTimeProvider(Now), options => options with
        {
            Feeds = options.Feeds with { CertFr = new() { BaseUrl = server?.Address ?? "http://127.0.0.1:1", Pause = TimeSpan.Zero } },
        });

    static async Task<string> PageAsync(TestHub hub, string path = "/advisories", string language = "en")
    {
        using var client = await hub.ClientAsync(TokenScope.Read);
        client.DefaultRequestHeaders.AcceptLanguage.Add(new(language));
        return WebUtility.HtmlDecode(await client.GetStringAsync(path));
    }

    static async Task<FeedServer> SiteAsync()
    {
        var server = await FeedServer.StartAsync();
        server.Folder(FeedBench.Cases("certfr", "site"));
        return server;
    }

    static Task FetchAsync(TestHub hub) => hub.Get<FeedRunner>().RunAsync(hub.Get<IEnumerable<IFeed>>().Single(), null, default);

    [Fact]
    public async Task Before_the_first_fetch_it_says_what_will_happen()
    {
        await using var hub = await HubAsync();
        string page = await PageAsync(hub);
        Assert.Contains("No advisory has been fetched yet", page);
        Assert.Contains("The hub asks CERT-FR at http://127.0.0.1:1", page);
        Assert.DoesNotContain("<table", page);
    }

    [Fact]
    public async Task Switched_off_it_says_how_to_switch_it_on()
    {
        await using var hub = await TestHub.StartAsync(new FakeTimeProvider(Now));
        Assert.Contains("set Feeds:CertFr:Enabled to true", await PageAsync(hub));
    }

    [Fact]
    public async Task It_shows_the_table_with_open_alerts_first()
    {
        await using var server = await SiteAsync();
        await using var hub = await HubAsync(server);
        await FetchAsync(hub);
        ((FakeTimeProvider)hub.Get<TimeProvider>()).Advance(TimeSpan.FromMinutes(12));
        string page = await PageAsync(hub);
        string body = page[page.IndexOf("<tbody>", StringComparison.Ordinal)..];
        Assert.True(body.IndexOf("CERTFR-2026-ALE-011", StringComparison.Ordinal) < body.IndexOf("CERTFR-2026-AVI-1204",
            StringComparison.Ordinal));
        foreach (string text in new[] { "open</span>", "closed</span>", "12 Nov 2026", "updated 19 Nov 2026",
            "Exécution de code arbitraire à distance", "https://www.cert.ssi.gouv.fr/alerte/CERTFR-2026-ALE-011/" })
            Assert.Contains(text, body);
        Assert.Contains("fetched 12\u00a0min ago", page);
    }

    [Theory]
    [InlineData("?type=ALE", "CERTFR-2026-ALE-007,CERTFR-2026-ALE-011")]
    [InlineData("?q=cve-2026-70001", "CERTFR-2026-AVI-1204")]
    [InlineData("?q=ELEVATION%20noyau", "CERTFR-2026-AVI-1202")]
    [InlineData("?q=CERTFR-2026-ALE-011", "CERTFR-2026-ALE-011")]
    [InlineData("?type=AVI&q=serveur", "CERTFR-2026-AVI-1203")]
    [InlineData("?q=%25", "")]
    [InlineData("?q=%27%22%3E%3Cscript%3E&type=x%27", "")]
    public async Task It_filters_by_the_address(string query, string references)
    {
        await using var server = await SiteAsync();
        await using var hub = await HubAsync(server);
        await FetchAsync(hub);
        using var client = await hub.ClientAsync(TokenScope.Read);
        string page = await client.GetStringAsync("/advisories" + query);
        Assert.Equal(references,
            string.Join(',', page.Split("<th scope=\"row\"><a href=\"/advisories/").Skip(1).Select(p => p[..p.IndexOf('"')]).Order(StringComparer.Ordinal)));
        Assert.DoesNotContain("\"><script>", page);
        if (references.Length == 0)
            Assert.Contains("No advisory matches", page);
    }

    [Fact]
    public async Task A_failed_fetch_and_an_old_one_are_said_plainly()
    {
        var time = new FakeTimeProvider(Now);
        await using var server = await SiteAsync();
        await using var hub = await HubAsync(server, time);
        await FetchAsync(hub);
        await server.DisposeAsync();
        time.Advance(TimeSpan.FromDays(8));
        await Assert.ThrowsAsync<FeedException>(() => FetchAsync(hub));
        string page = await PageAsync(hub);
        Assert.Contains("The last fetch of CERT-FR failed: nothing can be read from " + hub.Get<IEnumerable<IFeed>>()
            .Single().Address, page);
        Assert.Contains("<span class=\"state warning\">fetched 8\u00a0d 0\u00a0h ago", page);
        Assert.Contains("CERTFR-2026-ALE-011", page);
        time.Advance(TimeSpan.FromDays(23));
        Assert.Contains("<span class=\"state critical\">fetched 31", await PageAsync(hub));
    }

    [Fact]
    public async Task No_more_than_two_hundred_rows_are_shown_and_it_says_so()
    {
        await using var hub = await HubAsync();
        for (int i = 1; i <= 205; i++)
            await hub.Get<AdvisoryStore>().SaveAsync(Make($"CERTFR-2026-AVI-{i:0000}"), [], Now, default);
        string page = await PageAsync(hub);
        Assert.Contains("The first 200 of 205 are shown", page);
        Assert.Equal(200, page.Split("<th scope=\"row\">").Length - 1);
    }

    [Fact]
    public async Task A_missing_detail_is_said_and_is_neither_open_nor_closed()
    {
        await using var hub = await HubAsync();
        await hub.Get<AdvisoryStore>().SaveAsync(Make("CERTFR-2026-ALE-001", detail: DetailState.Missing), [], Now, default);
        string page = await PageAsync(hub);
        Assert.Contains("detail not available", page);
        Assert.Contains("<span class=\"state warning\">unknown</span>", page);
    }

    [Fact]
    public async Task Hostile_titles_are_only_text_on_a_phone_too()
    {
        await using var server = await SiteAsync();
        await using var hub = await HubAsync(server);
        await FetchAsync(hub);
        await hub.Get<AdvisoryStore>()
            .SaveAsync(Make("CERTFR-2026-ALE-099", "<img src=x onerror=alert(1)>" + new string('x', 400)), [], Now, default);
        var (page, complaints) = await chromium.OpenAsync(hub, new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await page.GotoAsync(hub.Address + "advisories");
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(0, await page.Locator("main img").CountAsync());
        Assert.Equal(8, await page.Locator("tbody tr").CountAsync());
        Assert.Empty(complaints);
    }
}
