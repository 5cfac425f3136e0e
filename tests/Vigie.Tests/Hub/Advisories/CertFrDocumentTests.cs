using System.Text;
using CsCheck;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Tests.Support;

namespace Vigie.Tests.Hub.Advisories;

public sealed class CertFrDocumentTests
{
    static readonly DateOnly Day = new(2026, 11, 20);

    static byte[] Case(string path) => File.ReadAllBytes(Path.Combine(FeedBench.Cases("certfr", "site"), path));

    static CertFrReference Ref(string text) => CertFrReference.Parse(text)!;

    static Advisory Record(string json, string reference = "CERTFR-2026-AVI-0001") =>
        CertFrRecord.Parse(Encoding.UTF8.GetBytes(json), Ref(reference), Day);

    [Fact]
    public void An_advisory_with_odd_parts_is_read_whole()
    {
        var a = CertFrRecord.Parse(Case("avis/CERTFR-2026-AVI-1204/json/index.json"), Ref("CERTFR-2026-AVI-1204"), Day);
        Assert.Equal("Multiples vulnérabilités dans Bibliothèque Exemple", a.Title);
        Assert.Equal((new DateOnly(2026, 11, 18), new DateOnly(2026, 11, 19)), (a.First, a.Last));
        Assert.Equal(["Version initiale", "Ajout de CVE"], a.Revisions.Select(r => r.Description));
        Assert.Equal(["Déni de service à distance"], a.Risks);
        Assert.Equal(["CVE-2026-70002", "CVE-2026-70001"], a.Cves);
        Assert.Equal(new AffectedSystem("Exemple", "Bibliothèque Exemple", "Bibliothèque Exemple 3.0.x antérieures à 3.0.17"),
            a.Affected[0]);
        Assert.Equal(["https://example.org/ex-1", null, null, null, null], a.Links.Select(l => l.Url));
        Assert.Equal(new DateOnly(2026, 11, 17), a.Links[0].Date);
        Assert.Null(a.State);
    }

    [Fact]
    public void Null_texts_and_tables_are_read()
    {
        var a = CertFrRecord.Parse(Case("avis/CERTFR-2026-AVI-1203/json/index.json"), Ref("CERTFR-2026-AVI-1203"), Day);
        Assert.Equal("", a.Summary);
        Assert.Contains("| Serveur Exemple | 2.4 |", a.AffectedText);
    }

    [Fact]
    public void An_alert_is_open_until_its_closing_day()
    {
        Assert.Equal("open", CertFrRecord.Parse(Case("alerte/CERTFR-2026-ALE-011/json/index.json"), Ref("CERTFR-2026-ALE-011"), Day).State);
        var closed = CertFrRecord.Parse(Case("alerte/CERTFR-2026-ALE-007/json/index.json"), Ref("CERTFR-2026-ALE-007"), Day);
        Assert.Equal(("closed", new DateOnly(2026, 9, 30)), (closed.State, closed.Closed));
    }

    [Theory]
    [InlineData("""{"reference":"CERTFR-2026-AVI-0001"}""")]
    [InlineData("""{"reference":"certfr-2026-avi-0001","title":7,"summary":[],"content":{},"cves":"x","risks":"""
        + """[null,3,{"description":false}],"revisions":[{}],"affected_systems":[{"product":"x"},null],"links":{},"vendor_advisories":[[]]}""")]
    public void What_is_absent_or_of_another_type_is_empty(string json)
    {
        var a = Record(json);
        Assert.Equal(("CERTFR-2026-AVI-0001", Day, Day), (a.Title, a.First, a.Last));
        Assert.Empty(a.Cves);
        Assert.Empty(a.Risks);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("<html>", "not JSON")]
    [InlineData("""{"reference":"CERTFR-2026-AVI-0001","title":"abc""", "not JSON")]
    [InlineData("[]", "CERTFR-2026-AVI-0001 is expected")]
    [InlineData("""{"reference":"CERTFR-2026-AVI-0002"}""", "it is that of CERTFR-2026-AVI-0002")]
    [InlineData("""{"reference":"CERTFR-2026-AVI-0001","title":"\ud800"}""", "not Unicode")]
    public void What_is_no_such_record_is_refused_with_the_reason(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => Record(json)).Message);

    [Fact]
    public void Deep_nesting_is_refused() =>
        Assert.Throws<FormatException>(() =>
            Record("""{"reference":"CERTFR-2026-AVI-0001","odd":""" + new string('[', 100_000) + new string(']', 100_000) + "}"));

    [Fact]
    public void Hostile_texts_are_disarmed()
    {
        var a = Record("""
            {"reference":"CERTFR-2026-AVI-0001","title":"a\u202Eb\u0007c\u200B\r\n d\u001b[31m","summary":"x\u2066y\n\u0000z",
             "links":[{"title":"t","url":"javascript:alert(1)"},{"title":"u","url":" https://example.org/a b "},{"title":"v","url":"data:text/html,x"},
              {"title":"w","url":"https://user:pw@example.org/"},{"title":"x","url":"HTTP"}],
             "cves":[{"name":" cve-2026-12345 "},{"name":"CVE-2026-1"},{"name":"<b>"}]}
            """);
        Assert.Equal("abc d[31m", a.Title);
        Assert.Equal("xy\nz", a.Summary);
        Assert.Equal([null, "https://example.org/a%20b", null, null, null], a.Links.Select(l => l.Url));
        Assert.Equal(["CVE-2026-12345"], a.Cves);
    }

    [Fact]
    public void A_title_without_end_is_cut() =>
        Assert.Equal(500, Record($$"""{"reference":"CERTFR-2026-AVI-0001","title":"{{new string('x', 100_000)}}"}""").Title.Length);

    [Fact]
    public void Damaged_records_are_read_or_refused_by_a_typed_error()
    {
        byte[] whole = Case("avis/CERTFR-2026-AVI-1204/json/index.json");
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length]).Sample((at, value, length) =>
        {
            byte[] damaged = whole[..length];
            if (at < length)
                damaged[at] = value;
            try
            {
                CertFrRecord.Parse(damaged, Ref("CERTFR-2026-AVI-1204"), Day);
            }
            catch (FormatException)
            {
                // That is the one error it may have.
            }
        }, iter: 2000);
    }

    [Theory]
    [InlineData("alerte/feed/index.xml", "CERTFR-2026-ALE-007 ALE 2026-07-02 Multiples vulnérabilités dans Courrier Exemple")]
    [InlineData("avis/feed/index.xml", "CERTFR-2026-AVI-1203 AVI 2026-11-17 Vulnérabilité dans Serveur Exemple")]
    public void The_feed_is_read_in_one_line_and_pretty_printed(string path, string first)
    {
        var (items, skipped) = CertFrRss.Parse(Case(path));
        Assert.Equal(0, skipped);
        Assert.Equal(first, $"{items[0].Reference.Text} {items[0].Reference.Type} {items[0].Day:yyyy-MM-dd} {items[0].Title}");
    }

    [Fact]
    public void A_bulletin_among_the_advisories_keeps_its_own_type() =>
        Assert.Equal(["AVI", "ACT", "AVI"], CertFrRss.Parse(Case("avis/feed/index.xml")).Items.Select(i => i.Reference.Type));

    [Theory]
    [InlineData("<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><rss><channel><item><title>&b;</title></item></channel></rss>")]
    [InlineData("<!DOCTYPE rss SYSTEM 'file:///etc/passwd'><rss/>")]
    [InlineData("<rss><channel><item>")]
    [InlineData("<html><body>moved</body></html>")]
    [InlineData("{}")]
    [InlineData("")]
    public void Entity_bombs_and_what_is_no_feed_are_refused(string xml) =>
        Assert.Throws<FormatException>(() => CertFrRss.Parse(Encoding.UTF8.GetBytes(xml)));

    [Fact]
    public void Items_without_a_publication_are_counted()
    {
        var (items, skipped) = CertFrRss.Parse(Encoding.UTF8.GetBytes("<rss><channel><item><link>javascript:x</link></item><item/>"
            + "<item><title/><guid>https://x/ioc/CERTFR-2026-IOC-001/</guid></item></channel></rss>"));
        Assert.Equal((1, 2, "CERTFR-2026-IOC-001", "CERTFR-2026-IOC-001"), (items.Count, skipped, items[0].Reference.Text, items[0].Title));
    }

    [Fact]
    public void The_listing_is_ordered_by_number_and_keeps_its_own_type()
    {
        var listed = CertFrListing.Parse(Encoding.UTF8.GetBytes(
            """[{"reference":"CERTFR-2022-AVI-996","last_revision_date":"2022-11-07T00:00:00.000000"},{"reference":"x"},7,"""
            + """{"reference":"CERTFR-2022-AVI-1000","last_revision_date":null},{"reference":"CERTFR-2022-ALE-001"}]"""), "AVI");
        Assert.Equal(["CERTFR-2022-AVI-1000", "CERTFR-2022-AVI-996"], listed.Select(l => l.Reference.Text));
        Assert.Equal([null, new DateOnly(2022, 11, 7)], listed.Select(l => l.Last));
        Assert.Throws<FormatException>(() => CertFrListing.Parse("{}"u8.ToArray(), "AVI"));
    }
}
