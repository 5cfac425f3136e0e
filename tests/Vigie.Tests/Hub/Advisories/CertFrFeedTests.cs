using System.Text;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Alerts;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories;

public sealed class CertFrFeedTests
{
    const string Openssl = "/avis/CERTFR-2026-AVI-1204/json/";

    static readonly string Later = FeedBench.Cases("certfr", "later");

    [Fact]
    public async Task The_first_fetch_fills_the_table_and_tells_nobody()
    {
        await using var bench = await FeedBench.StartAsync();
        var report = await bench.RunAsync();
        Assert.Equal((7, 0, 0), (report.New, report.Changed, report.Same));
        Assert.Equal(["CERTFR-2026-ALE-011", "CERTFR-2026-AVI-1204", "CERTFR-2026-AVI-1203", "CERTFR-2026-ACT-046",
            "CERTFR-2026-AVI-1202", "CERTFR-2026-ALE-007", "CERTFR-2022-AVI-996"],
            bench.All().Select(a => a.Reference));
        Assert.Empty(bench.Outbox);
        Assert.Equal((FeedBench.Start, FeedBench.Start, null, 0),
            (bench.State.Filled, bench.State.Succeeded, bench.State.Error, bench.State.Problems));
        Assert.Equal(DetailState.None, bench.Store.Find("CERTFR-2026-ACT-046")!.Detail);
    }

    [Fact]
    public async Task The_first_fetch_is_bounded_and_old_alerts_stay_away()
    {
        await using var bench =
            await FeedBench.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Feeds:CertFr:FirstFill"] = "3" });
        await bench.RunAsync();
        Assert.NotNull(bench.Store.Find("CERTFR-2026-AVI-1202"));
        Assert.Null(bench.Store.Find("CERTFR-2022-AVI-996"));
        Assert.Null(bench.Store.Find("CERTFR-2021-ALE-003"));
        bench.Time.Advance(TimeSpan.FromDays(1));
        await bench.RunAsync(); // the listing is read again; what was beyond the bound stays so
        Assert.Null(bench.Store.Find("CERTFR-2022-AVI-996"));
        Assert.Equal(2, bench.Server.Paths.Count(p => p == "/avis/json/"));
    }

    [Fact]
    public async Task A_new_alert_is_put_into_the_outbox_once_and_a_silent_edit_is_stored()
    {
        await using var bench = await FeedBench.StartAsync();
        await bench.RunAsync();
        bench.Server.Folder(Later);
        bench.Time.Advance(TimeSpan.FromHours(1));
        var report = await bench.RunAsync();
        Assert.Equal((1, 1), (report.New, report.Changed));
        var mail = Assert.Single(bench.Outbox);
        Assert.Equal((NotificationKind.Advisory, "CERTFR-2026-ALE-012", "mail"), (mail.Kind, mail.Reference, mail.Channel));
        Assert.Equal(["CVE-2026-60004", "CVE-2026-60003"], bench.Store.Find("CERTFR-2026-AVI-1203")!.Cves);
        bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((0, 0), (await bench.RunAsync() is var again ? (again.New, again.Changed) : default));
        Assert.Single(bench.Outbox);
    }

    [Fact]
    public async Task Between_the_daily_listings_only_the_bell_is_asked()
    {
        await using var bench = await FeedBench.StartAsync();
        await bench.RunAsync();
        bench.Server.Forget();
        bench.Time.Advance(TimeSpan.FromHours(1));
        await bench.RunAsync();
        Assert.Equal(["/alerte/feed/", "/avis/feed/"], bench.Server.Paths);
    }

    [Fact]
    public async Task What_the_bell_lost_comes_by_the_listing()
    {
        await using var bench = await FeedBench.StartAsync();
        await bench.RunAsync();
        bench.Server.Json("/alerte/json/", """[{"reference":"CERTFR-2026-ALE-012","last_revision_date":"2026-11-20T00:00:00.000000"}]""");
        bench.Server.Json("/alerte/CERTFR-2026-ALE-012/json/",
            File.ReadAllText(Path.Combine(Later, "alerte/CERTFR-2026-ALE-012/json/index.json")));
        bench.Time.Advance(TimeSpan.FromDays(1));
        await bench.RunAsync();
        Assert.Equal("CERTFR-2026-ALE-012", Assert.Single(bench.Outbox).Reference);
    }

    [Fact]
    public async Task An_alert_that_is_closed_is_seen_within_a_day()
    {
        await using var bench = await FeedBench.StartAsync();
        await bench.RunAsync();
        string path = "/alerte/CERTFR-2026-ALE-011/json/";
        bench.Server.Json(path, File.ReadAllText(Path.Combine(FeedBench.Cases("certfr", "site"), "." + path, "index.json"))
            .Replace("\"closed_at\": null", "\"closed_at\": \"2026-11-21\"", StringComparison.Ordinal));
        bench.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, (await bench.RunAsync()).Changed);
        Assert.Equal("closed", bench.Store.Find("CERTFR-2026-ALE-011")!.State);
        Assert.Empty(bench.Outbox);
    }

    [Theory]
    [InlineData("404"), InlineData("html"), InlineData("broken"), InlineData("500"), InlineData("other"),
        InlineData("redirect"), InlineData("circle")]
    public async Task A_broken_document_leaves_a_stub_that_is_mended_later(string fault)
    {
        await using var bench = await FeedBench.StartAsync();
        switch (fault)
        {
            case "404": bench.Server.Remove(Openssl); break;
            case "html": bench.Server.Put(Openssl, "text/html", "<html>"u8.ToArray()); break;
            case "broken": bench.Server.Json(Openssl, """{"reference":"CERTFR-2026-AVI-1204","title":"""); break;
            case "500": bench.Server.Status(Openssl, 500); break;
            case "other": bench.Server.Json(Openssl, """{"reference":"CERTFR-2026-AVI-1203"}"""); break;
            case "redirect": bench.Server.Redirect(Openssl, "http://127.0.0.2:1/x"); break;
            default: bench.Server.Redirect(Openssl, Openssl); break;
        }
        var report = await bench.RunAsync();
        Assert.Equal(7, report.New);
        Assert.StartsWith("CERTFR-2026-AVI-1204: ", Assert.Single(report.Problems));
        var stub = bench.Store.Find("CERTFR-2026-AVI-1204")!;
        Assert.Equal((DetailState.Missing, "Multiples vulnérabilités dans Bibliothèque Exemple", new DateOnly(2026, 11, 18)),
            (stub.Detail, stub.Title, stub.First));
        Assert.Equal("https://www.cert.ssi.gouv.fr/avis/CERTFR-2026-AVI-1204/", stub.Url);
        Assert.Equal(1, bench.State.Problems);
        bench.Server.Folder(FeedBench.Cases("certfr", "site"));
        bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((0, 1), (await bench.RunAsync() is var again ? (again.New, again.Changed) : default));
        Assert.Equal(DetailState.Full, bench.Store.Find("CERTFR-2026-AVI-1204")!.Detail);
        Assert.Equal(0, bench.State.Problems);
    }

    [Fact]
    public async Task A_record_that_vanishes_leaves_what_is_stored()
    {
        await using var bench = await FeedBench.StartAsync();
        await bench.RunAsync();
        bench.Server.Remove(Openssl);
        bench.Time.Advance(TimeSpan.FromDays(8));
        Assert.StartsWith("CERTFR-2026-AVI-1204", Assert.Single((await bench.RunAsync()).Problems));
        Assert.Equal(DetailState.Full, bench.Store.Find("CERTFR-2026-AVI-1204")!.Detail);
    }

    [Fact]
    public async Task Redirects_within_the_host_are_followed()
    {
        await using var bench = await FeedBench.StartAsync();
        bench.Server.Put("/moved/", "application/json",
            File.ReadAllBytes(Path.Combine(FeedBench.Cases("certfr", "site"), "." + Openssl, "index.json")));
        bench.Server.Redirect(Openssl, "/moved/");
        Assert.Empty((await bench.RunAsync()).Problems);
    }

    [Fact]
    public async Task A_redirect_to_another_host_is_refused_by_name()
    {
        await using var other = await FeedServer.StartAsync();
        await using var bench = await FeedBench.StartAsync();
        bench.Server.Redirect("/alerte/feed/", other.Address + "/alerte/feed/");
        Assert.Contains("another host", Assert.Single((await bench.RunAsync()).Problems));
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task An_entity_bomb_in_one_feed_leaves_the_other_readable()
    {
        await using var bench = await FeedBench.StartAsync();
        bench.Server.Put("/alerte/feed/", "text/xml",
            Encoding.UTF8.GetBytes("<!DOCTYPE rss [<!ENTITY a '" + new string('x', 1000)
                + "'>]><rss><channel><title>&a;&a;</title></channel></rss>"));
        var report = await bench.RunAsync();
        Assert.StartsWith("/alerte/feed/: ", Assert.Single(report.Problems));
        Assert.NotNull(bench.Store.Find("CERTFR-2026-ALE-011")); // by the listing
    }

    [Fact]
    public async Task A_string_of_fifty_megabytes_is_not_read_to_its_end()
    {
        await using var bench = await FeedBench.StartAsync();
        bench.Server.Put(Openssl, "application/json",
            Encoding.UTF8.GetBytes("{\"reference\":\"CERTFR-2026-AVI-1204\",\"title\":\"" + new string('a', 50 << 20) + "\"}"), gzip: true);
        Assert.Equal("CERTFR-2026-AVI-1204: it is larger than 2 MiB", Assert.Single((await bench.RunAsync()).Problems));
        Assert.Equal(7, bench.All().Count);
    }

    [Fact]
    public async Task A_source_that_stops_answering_is_left_alone_and_asked_again_in_silence()
    {
        await using var bench = await FeedBench.StartAsync();
        foreach (string path in new[] { "CERTFR-2026-AVI-1203", "CERTFR-2026-AVI-1204", "CERTFR-2026-AVI-1202" })
            bench.Server.Status($"/avis/{path}/json/", 503);
        var error = await Assert.ThrowsAsync<FeedException>(() => bench.RunAsync());
        Assert.Contains("the server answers 503", error.Message);
        Assert.DoesNotContain("/avis/CERTFR-2022-AVI-996/json/", bench.Server.Paths);
        Assert.Null(bench.State.Filled);
        Assert.Equal(error.Message, bench.State.Error);
        bench.Server.Folder(FeedBench.Cases("certfr", "site"));
        bench.Server.Folder(Later);
        await bench.RunAsync();
        Assert.Empty(bench.Outbox); // the first import was not complete before
        Assert.Equal(8, bench.All().Count(a => a.Detail != DetailState.Missing));
        Assert.Null(bench.State.Error);
    }

    [Fact]
    public async Task An_alert_feed_that_was_down_at_first_brings_no_flood_of_mail_later()
    {
        await using var bench = await FeedBench.StartAsync();
        bench.Server.Remove("/alerte/feed/");
        bench.Server.Remove("/alerte/json/");
        Assert.Equal(2, (await bench.RunAsync()).Problems.Count);
        bench.Server.Folder(FeedBench.Cases("certfr", "site"));
        bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, (await bench.RunAsync()).New);
        Assert.Empty(bench.Outbox);
    }

    [Fact]
    public async Task Between_two_records_it_pauses()
    {
        await using var bench =
            await FeedBench.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Feeds:CertFr:Pause"] = "1s" });
        var running = bench.RunAsync();
        int seconds = 0;
        for (int before = -1; !running.IsCompleted; await Task.WhenAny(running,
            Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System)))
        {
            int records = bench.Server.Paths.Count(p => p.EndsWith("json/", StringComparison.Ordinal)
                && p.Contains("CERTFR", StringComparison.Ordinal));
            Assert.True(records <= seconds + 1, $"{records} records after {seconds} s");
            if (records == before) // it waits, or the machine is slow: then a second more harms nothing
            {
                bench.Time.Advance(TimeSpan.FromSeconds(1));
                seconds++;
            }
            before = records;
        }
        Assert.Equal(7, (await running).New);
        Assert.InRange(seconds, 5, int.MaxValue); // six records
    }
}
