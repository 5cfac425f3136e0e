using Vigie.Hub.Advisories;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories;

public sealed class AdvisoryMailTests
{
    static async Task<Message> MailAsync(Func<Advisory, Advisory>? change = null, string language = "en")
    {
        await using var bench =
            await FeedBench.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Server:Language"] = language });
        await bench.RunAsync();
        bench.Server.Folder(FeedBench.Cases("certfr", "later"));
        await bench.RunAsync();
        var notification = Assert.Single(bench.Outbox);
        if (change is not null)
            await bench.Store.SaveAsync(change(bench.Store.Find(notification.Reference)!), [], FeedBench.Start, default);
        var composer = bench.Get<IEnumerable<IComposer>>().Single(c => c.Kinds.Contains(NotificationKind.Advisory));
        Assert.Null(await composer.ComposeAsync(notification with { Reference = "CERTFR-1999-ALE-001" }, default));
        return (await composer.ComposeAsync(notification, default))!;
    }

    [Fact]
    public async Task A_new_alert_is_told_with_what_an_admin_asks_first()
    {
        var mail = await MailAsync();
        Assert.Equal("[CERT-FR] New alert CERTFR-2026-ALE-012: Vulnérabilité dans <b>Pare-feu</b> Exemple", mail.Subject);
        Assert.Equal("advisory-certfr-2026-ale-012@vigie", mail.MessageId);
        foreach (string text in new[]
                 {
                     "CERTFR-2026-ALE-012", "20 Nov 2026",
                     "Exécution de code arbitraire à distance; Contournement de la politique de sécurité", "CVE-2026-50000, ",
                     "CVE-2026-50019 and 3 more",
                     "Une faille de Pare-feu Exemple est exploitée avant tout correctif.",
                     "https://www.cert.ssi.gouv.fr/alerte/CERTFR-2026-ALE-012/",
                         "https://vigie.example.org/advisories/CERTFR-2026-ALE-012",
                 })
        {
            Assert.Contains(text, mail.Text);
            Assert.Contains(System.Net.WebUtility.HtmlEncode(text), mail.Html);
        }
        Assert.DoesNotContain("CVE-2026-50020", mail.Text);
    }

    [Fact]
    public async Task Nothing_of_it_is_markup_and_nothing_is_loaded_from_elsewhere()
    {
        var mail = await MailAsync(a =>
            a with
            {
                Summary = "![x](https://tracker.example.org/x.png) <img src=https://tracker.example.org/y.png> "
                    + "<script>alert(1)</script> **gras** \\[1\\] \"'&",
                Risks = ["<i>r</i>"],
            });
        foreach (string tag in new[] { "<img", "<script", "<b>Pare", "<i>r" })
            Assert.DoesNotContain(tag, mail.Html);
        Assert.Contains("&lt;b&gt;Pare-feu&lt;/b&gt;", mail.Html);
        Assert.Contains("gras [1] \"'&", mail.Text);
    }

    [Fact]
    public async Task A_closed_one_says_so()
    {
        Assert.Contains("Closed     21 Nov 2026", (await MailAsync(a => a with { Closed = new(2026, 11, 21) })).Text);
    }

    [Fact]
    public async Task Without_its_detail_it_says_so_and_is_told_all_the_same()
    {
        await using var bench = await FeedBench.StartAsync();
        await bench.RunAsync();
        bench.Server.Folder(FeedBench.Cases("certfr", "later"));
        bench.Server.Remove("/alerte/CERTFR-2026-ALE-012/json/");
        await bench.RunAsync();
        bench.Server.Folder(FeedBench.Cases("certfr", "later"));
        await bench.RunAsync();
        Assert.Single(bench.Outbox); // the detail that comes later is no second alert
        Assert.Equal(23, bench.Store.Find("CERTFR-2026-ALE-012")!.Cves.Count);
    }

    [Fact]
    public async Task Without_a_configured_channel_nothing_waits_in_the_outbox()
    {
        await using var bench =
            await FeedBench.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Mail:Host"] = "" });
        await bench.RunAsync();
        bench.Server.Folder(FeedBench.Cases("certfr", "later"));
        Assert.Equal(1, (await bench.RunAsync()).New);
        Assert.Empty(bench.Outbox);
    }
}
