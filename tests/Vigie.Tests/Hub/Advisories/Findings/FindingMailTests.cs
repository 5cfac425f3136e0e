using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Web;
using Vigie.Tests.Support;
using static Vigie.Tests.Support.FindingBench;

namespace Vigie.Tests.Hub.Advisories.Findings;

public sealed class FindingMailTests
{
    static async Task<FindingBench> JudgedAsync(string? fix, string language = "en")
    {
        var bench = await StartAsync(language);
        foreach (string host in new[] { "web1", "web2" })
            await bench.InventoryAsync(host, ("openssl", Old), ("bash", "5.2-1"));
        await bench.TrackerAsync((Cve, fix));
        await bench.RoundAsync();
        Assert.Empty(bench.Outbox);
        return bench;
    }

    [Fact]
    public async Task An_open_alert_with_a_fix_is_told_once_with_all_its_hosts()
    {
        await using var bench = await JudgedAsync(Fixed);
        await bench.SaveAsync(Openssl(AlertReference));
        await bench.RoundAsync();
        await bench.RoundAsync();
        var notification = Assert.Single(bench.Outbox);
        Assert.Equal((AlertReference, 1), (notification.Reference, notification.Number));
        var mail = (await bench.ComposeAsync(notification))!;
        Assert.Equal($"[CERT-FR] Servers to update: 2. {AlertReference}: Multiples vulnérabilités dans OpenSSL", mail.Subject);
        Assert.Equal(("advisory-certfr-2026-ale-007-1@vigie", "advisory-certfr-2026-ale-007@vigie"), (mail.MessageId, mail.ThreadId));
        foreach (string text in new[] { "web1", "web2", $"openssl {Old} → {Fixed}", "apt-get update && apt-get install --only-upgrade openssl",
            $"https://vigie.example.org/advisories/{AlertReference}" })
            Assert.Contains(text, mail.Text);
        Assert.Contains("apt-get update &amp;&amp; apt-get install --only-upgrade openssl", mail.Html);
    }

    [Fact]
    public async Task A_fix_that_comes_is_told_and_what_is_not_urgent_is_not()
    {
        await using var bench = await JudgedAsync(Fixed, "fr");
        await bench.SaveAsync(Openssl());
        await bench.RoundAsync();
        Assert.Empty(bench.Outbox); // a fix was there from the beginning, and nobody attacks

        await bench.SaveAsync(Openssl("CERTFR-2026-AVI-0701", OtherCve));
        await bench.TrackerAsync((Cve, Fixed), (OtherCve, null));
        await bench.RoundAsync();
        Assert.Empty(bench.Outbox);
        await bench.TrackerAsync((Cve, Fixed), (OtherCve, Fixed));
        await bench.RoundAsync();
        var mail = (await bench.ComposeAsync(Assert.Single(bench.Outbox)))!;
        Assert.Contains("CERTFR-2026-AVI-0701", mail.Subject);
        Assert.Contains("Serveurs à mettre à jour", mail.Subject);
        Assert.Contains("correctif disponible", mail.Text);
    }

    [Fact]
    public async Task Attacks_that_become_known_are_told_and_a_further_host_is_another_message()
    {
        await using var bench = await JudgedAsync(Fixed);
        await bench.SaveAsync(Openssl());
        await bench.RoundAsync();
        await bench.ExploitedAsync(Cve);
        await bench.RoundAsync();
        Assert.Equal(1, Assert.Single(bench.Outbox).Number);
        await bench.InventoryAsync("web3", ("openssl", Old));
        await bench.RoundAsync();
        Assert.Single(bench.Outbox); // the first time that a host is judged
        await bench.InventoryAsync("web2", ("openssl", Fixed), ("bash", "5.2-1"));
        await bench.RoundAsync();
        await bench.InventoryAsync("web2", ("openssl", Old), ("bash", "5.2-1"));
        await bench.RoundAsync();
        Assert.Equal([2, 1], bench.Outbox.Select(n => n.Number));
        var mail = (await bench.ComposeAsync(bench.Outbox[0]))!;
        Assert.Contains("Servers to update: 1.", mail.Subject);
        Assert.InRange(mail.Text.IndexOf("web2", StringComparison.Ordinal), 0, mail.Text.IndexOf("web1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_whose_servers_were_updated_before_it_could_go_is_not_sent()
    {
        await using var bench = await JudgedAsync(Fixed);
        await bench.SaveAsync(Openssl(AlertReference));
        await bench.RoundAsync();
        foreach (string host in new[] { "web1", "web2" })
            await bench.InventoryAsync(host, ("openssl", Fixed), ("bash", "5.2-1"));
        await bench.RoundAsync();
        Assert.Null(await bench.ComposeAsync(Assert.Single(bench.Outbox)));
    }

    [Fact]
    public async Task The_first_import_and_an_order_that_has_changed_are_silent()
    {
        await using var bench = await JudgedAsync(Fixed);
        await bench.SaveAsync(Openssl(AlertReference, Cve, OtherCve), isBacklog: true);
        await bench.RoundAsync();
        await bench.SaveAsync(Openssl(AlertReference, OtherCve, Cve));
        await bench.RoundAsync();
        Assert.Equal(2, bench.Store.Of(AlertReference).Count);
        Assert.Empty(bench.Outbox);
    }

    [Fact]
    public async Task An_alerts_message_names_the_open_advisories_of_its_host()
    {
        await using var bench = await JudgedAsync(Fixed);
        await bench.SaveAsync(Openssl());
        await bench.RoundAsync();
        var context = bench.Feeds.Get<IEnumerable<IMessageContext>>().OfType<AdvisoryContext>().Single();
        var fact = Assert.Single(await context.OfAsync("web1", FeedBench.Start, new(Texts.English, TimeZoneInfo.Utc), default));
        Assert.Equal(("Open advisories", $"{Reference}: openssl {Old} → {Fixed} (fix available)"), fact);
        Assert.Empty(await context.OfAsync("web9", FeedBench.Start, new(Texts.English, TimeZoneInfo.Utc), default));
    }
}
