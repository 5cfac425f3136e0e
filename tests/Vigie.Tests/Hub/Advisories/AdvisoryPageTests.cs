using System.Net;
using System.Text.Json;
using Vigie.Agent.Inventory;
using Vigie.Core.Metrics;
using Vigie.Hub.Accounts;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Ingest;
using Vigie.Hub.Snapshots;
using Vigie.Storage;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories;

public sealed class AdvisoryPageTests
{
    const string Reference = FindingBench.Reference;

    static async Task<TestHub> HubAsync(Func<Advisory, Advisory>? change = null)
    {
        var hub = await TestHub.StartAsync(options: o => o with { Feeds = o.Feeds with { Debian = new() { BaseUrl = "http://127.0.0.1:1" } } });
        var now = TimeProvider.System.GetUtcNow();
        await hub.Get<SampleIngest>().TakeAsync(OtlpRequests.Of("web1", now, OtlpRequests.Disk(0.4)), "", default);
        var document = SampleInventory.Document with
        {
            Packages = [new("openssl", FindingBench.Old, ["openssl", "libssl3"]), new("zsh", "5.8-1", ["zsh"])],
            Services = [],
        };
        await hub.Get<SnapshotStore>().SaveAsync("web1", InventoryDocument.Kind, document.Write(), default);
        var data = new SecurityData();
        data[new("debian", "bookworm"), "openssl"].Add(new(CveId.Parse(FindingBench.Cve), FixState.Resolved, FindingBench.Fixed, null, Urgency.High,
            SourceRank.Own));
        data[new("debian", "bookworm"), "zsh"].Add(new(CveId.Parse("CVE-2021-45444"), FixState.Resolved, "5.8.1-1", null, Urgency.Low, SourceRank.Own));
        var packed = DataPacking.Rows(data);
        await hub.Get<DataStore>().SaveAsync(new("Debian", "/tracker/data/json", null, null, now.AddDays(-8), packed.Rows, "bookworm\n\nopenssl\nzsh"),
            packed.Bytes, default);
        var advisory = FindingBench.Openssl();
        await hub.Get<AdvisoryStore>().SaveAsync(change?.Invoke(advisory) ?? advisory, [], now, default);
        await hub.Get<FindingRound>().RunAsync(default);
        return hub;
    }

    static Dictionary<string, string> Form(string page) => new(StringComparer.Ordinal)
    {
        ["_handler"] = "accept",
        ["form-token"] = page.Split("name=\"form-token\" value=\"")[1].Split('"')[0],
    };

    static async Task<string> PageAsync(TestHub hub, string path, string language = "en")
    {
        using var client = await hub.ClientAsync(TokenScope.Read);
        client.DefaultRequestHeaders.AcceptLanguage.Add(new(language));
        return WebUtility.HtmlDecode(await client.GetStringAsync(path));
    }

    [Fact]
    public async Task The_page_says_whom_it_concerns_and_what_to_type()
    {
        await using var hub = await HubAsync();
        string page = await PageAsync(hub, $"/advisories/{Reference}");
        foreach (string text in new[] { "/hosts/web1", "openssl", FindingBench.Old, FindingBench.Fixed, "fix available", "To type on web1:",
            "apt-get update && apt-get install --only-upgrade openssl libssl3", "Debian security tracker", "state warning\">fetched 8" })
            Assert.Contains(text, page);
        string french = await PageAsync(hub, $"/advisories/{Reference}", "fr");
        foreach (string text in new[] { "correctif disponible", "Vos serveurs", "À taper sur web1" })
            Assert.Contains(text, french);
        using var client = await hub.ClientAsync(TokenScope.Read);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/advisories/CERTFR-1999-AVI-001")).StatusCode);
    }

    [Fact]
    public async Task Lists_and_the_hosts_page_tell_of_it()
    {
        await using var hub = await HubAsync();
        Assert.Contains("1 advisories concern 1 servers", await PageAsync(hub, "/"));
        string host = await PageAsync(hub, "/hosts/web1");
        Assert.Contains($"/advisories/{Reference}", host);
        Assert.Contains("Other security updates to be installed", host);
        Assert.Contains("5.8.1-1", host);
        foreach (string query in new[] { "state=concerned", "package=openssl", "package=openssl&state=concerned" })
            Assert.Contains($"/advisories/{Reference}", await PageAsync(hub, $"/advisories?{query}"));
        foreach (string query in new[] { "state=exploited", "state=open", "package=zsh" })
            Assert.Contains("No advisory matches.", await PageAsync(hub, $"/advisories?{query}"));
    }

    [Fact]
    public async Task Nothing_of_its_text_runs_or_is_loaded()
    {
        await using var hub = await HubAsync(a => a with
        {
            Content = "# Titre\n[a](javascript:alert(1)) [b](https://ok.example/) ![p](https://tracker.example/x.png) <script>alert(2)</script>"
                + "<img src=x onerror=alert(3)> [c][r]\n\n[r]: javascript:alert(4)\n\n<javascript:alert(5)>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
            Summary = new string('>', 500) + " deep",
        });
        using var client = await hub.ClientAsync(TokenScope.Read);
        string page = await client.GetStringAsync($"/advisories/{Reference}");
        string text = page[page.IndexOf("advisory-text", StringComparison.Ordinal)..page.IndexOf("id=\"more\"", StringComparison.Ordinal)];
        foreach (string tag in new[] { "<script", "<img", "onerror", "href=\"javascript", "src=" })
            Assert.DoesNotContain(tag, text);
        foreach (string part in new[] { "<h2", "href=\"https://ok.example/\"", "href=\"https://tracker.example/x.png\"", "<table>", "deep" })
            Assert.Contains(part, text);
    }

    [Fact]
    public async Task A_person_accepts_the_risk_and_a_program_reads_it()
    {
        await using var hub = await HubAsync();
        using var person = await hub.PersonAsync();
        string page = await person.GetStringAsync($"/advisories/{Reference}");
        var form = Form(page);
        form["Reason"] = "behind <b>a</b> proxy";
        form["Host"] = "web1";
        form["Until"] = TimeProvider.System.GetUtcNow().AddDays(30).ToString("yyyy-MM-dd");
        var answer = await person.PostAsync($"/advisories/{Reference}", new FormUrlEncodedContent(form));
        string after = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("behind <b>", after);
        Assert.Equal((0, 0), hub.Get<FindingStore>().Totals());

        using var reader = await hub.ClientAsync(TokenScope.Read);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsync($"/advisories/{Reference}", new FormUrlEncodedContent(form))).StatusCode);
        using var json = JsonDocument.Parse(await reader.GetStringAsync($"/api/v1/advisories/{Reference}"));
        var data = json.RootElement.GetProperty("data");
        Assert.Equal("fix-available", data.GetProperty("hosts")[0].GetProperty("verdict").GetString());
        Assert.True(data.GetProperty("hosts")[0].GetProperty("accepted").GetBoolean());
        Assert.Equal("behind <b>a</b> proxy", data.GetProperty("accepted")[0].GetProperty("reason").GetString());
        foreach (var (field, value) in new[] { ("Until", "1999-01-01"), ("Reason", "  "), ("Host", "nobody") })
        {
            var wrong = new Dictionary<string, string>(Form(await person.GetStringAsync($"/advisories/{Reference}")), StringComparer.Ordinal)
            { ["Reason"] = "x", [field] = value };
            Assert.Contains("role=\"alert\"", await (await person.PostAsync($"/advisories/{Reference}", new FormUrlEncodedContent(wrong)))
                .Content.ReadAsStringAsync());
        }
        Assert.Single(hub.Get<AcceptanceStore>().Of(Reference));
    }

    [Fact]
    public async Task Programs_list_what_concerns_servers()
    {
        await using var hub = await HubAsync();
        using var reader = await hub.ClientAsync(TokenScope.Read);
        using var json = JsonDocument.Parse(await reader.GetStringAsync("/api/v1/advisories?concerned=true&type=avi"));
        var row = Assert.Single(json.RootElement.GetProperty("data").EnumerateArray());
        Assert.Equal((Reference, 1, "high"), (row.GetProperty("reference").GetString(), row.GetProperty("hosts").GetInt32(),
            row.GetProperty("severity").GetString()));
        foreach (string query in new[] { "?limit=0", "?limit=x", "?concerned=maybe" })
            Assert.Equal(HttpStatusCode.BadRequest, (await reader.GetAsync("/api/v1/advisories" + query)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync("/api/v1/advisories/none")).StatusCode);
    }

    [Fact]
    public async Task Findings_and_ages_are_metrics()
    {
        await using var hub = await HubAsync();
        var batch = new SampleBatch();
        hub.Get<FindingMetrics>().AddTo(batch);
        await hub.Get<MetricStore>().WriteAsync(batch, default);
        using var reader = await hub.ClientAsync(TokenScope.Read);
        Assert.Contains("\"web1\"", await reader.GetStringAsync(
            "/api/v1/query?query=" + Uri.EscapeDataString("vigie_findings{severity=\"high\",state=\"fix-available\"} == 1")));
        Assert.Contains("\"Debian\"", await reader.GetStringAsync(
            "/api/v1/query?query=" + Uri.EscapeDataString("vigie_feed_age_seconds{feed=\"Debian\"} > 172800")));
    }
}
