using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vigie.Hub.Advisories.Feeds;

/// <summary>The JSON record of one publication. It names no severity and no fixed version; everything but the reference may be
/// absent.</summary>
static partial class CertFrRecord
{
    /// <param name="asked">The reference that was asked for: another one is refused.</param>
    /// <param name="day">The day when the record tells none.</param>
    /// <exception cref="FormatException">It is not that record.</exception>
    public static Advisory Parse(byte[] body, CertFrReference asked, DateOnly day)
    {
        using var json = OutsideJson.Parse(body);
        var root = json.RootElement;
        string? reference = root.Text("reference");
        if (CertFrReference.Parse(reference) != asked)
            throw new FormatException($"the record of {asked.Text} is expected, "
                + $"it is that of {(reference is null ? "nothing" : OutsideText.Line(reference, 40))}");
        var revisions = root.List("revisions")
            .Select(r => new AdvisoryRevision(r.Day("revision_date"), OutsideText.Line(r.Text("description"), 2000)))
            .OrderBy(r => r.Date ?? DateOnly.MinValue).ToList();
        var days = revisions.Where(r => r.Date is not null).Select(r => r.Date!.Value).DefaultIfEmpty(day).ToList();
        string title = OutsideText.Line(root.Text("title"));
        return new()
        {
            Feed = CertFrFeed.FeedName,
            Reference = asked.Text,
            Type = asked.Type,
            Number = asked.Number,
            Url = asked.Url,
            Title = title.Length > 0 ? title : asked.Text,
            First = days.Min(),
            Last = days.Max(),
            Closed = asked.IsAlert ? root.Day("closed_at") : null,
            Detail = DetailState.Full,
            Summary = OutsideText.Block(root.Text("summary")),
            Content = OutsideText.Block(root.Text("content")),
            AffectedText = OutsideText.Block(root.Text("affected_systems_content")),
            Risks = [.. root.List("risks")
                .Select(r => OutsideText.Line(r.Text("description")))
                .Where(r => r.Length > 0)
                .Distinct(StringComparer.Ordinal)],
            Cves = Cves(root.List("cves").Select(c => c.Text("name"))),
            Affected = [.. root.List("affected_systems").Select(Affected)],
            Links = [.. root.List("links").Select(l => Link(l, isVendor: false)),
                .. root.List("vendor_advisories").Select(l => Link(l, isVendor: true))],
            Revisions = revisions,
            Raw = body,
        };
    }

    /// <summary>What the feed alone tells, while the record can't be had.</summary>
    public static Advisory Stub(CertFrReference reference, string? title, DateOnly day, string description) => new()
    {
        Feed = CertFrFeed.FeedName,
        Reference = reference.Text,
        Type = reference.Type,
        Number = reference.Number,
        Url = reference.Url,
        Title = title ?? reference.Text,
        First = day,
        Last = day,
        Detail = reference.DetailPath is null ? DetailState.None : DetailState.Missing,
        Summary = description,
        Cves = Cves(InText().Matches(description).Select(m => m.Value)),
    };

    static string[] Cves(IEnumerable<string?> names) =>
        [.. names.Select(n => n?.Trim().ToUpperInvariant() ?? "")
            .Where(n => n.Length <= 30 && Whole().IsMatch(n))
            .Distinct(StringComparer.Ordinal)];

    static AffectedSystem Affected(JsonElement system)
    {
        var product = system.Member("product");
        return new(OutsideText.Line(product.Member("vendor").Text("name")), OutsideText.Line(product.Text("name")),
            OutsideText.Line(system.Text("description"), 2000));
    }

    static AdvisoryLink Link(JsonElement link, bool isVendor) =>
        new(OutsideText.Line(link.Text("title")), OutsideText.Link(link.Text("url")), link.Day("published_at"), isVendor);

    [GeneratedRegex(@"^CVE-[0-9]{4}-[0-9]{4,}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"CVE-[0-9]{4}-[0-9]{4,10}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex InText();
}
