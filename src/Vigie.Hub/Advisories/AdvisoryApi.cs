using Microsoft.AspNetCore.Mvc;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Advisories.Matching;

namespace Vigie.Hub.Advisories;

/// <summary>
/// <c>GET /api/v1/advisories?type=&amp;q=&amp;concerned=true&amp;limit=</c> and <c>GET /api/v1/advisories/{reference}</c>: in the envelope of the
/// other answers, days as <c>2026-11-24</c>, times in UTC. The same shapes are what the commands write with <c>--json</c>.
/// </summary>
static class AdvisoryApi
{
    const int Usual = 100, Most = 10_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/advisories", List);
        routes.MapGet("/api/v1/advisories/{reference}", Show);
    }

    static IResult List([FromServices] AdvisoryStore store, [FromServices] FindingStore findings, [FromQuery] string? type, [FromQuery] string? q,
        [FromQuery] string? concerned, [FromQuery] string? limit)
    {
        int most = Usual;
        if (limit is not null && (!int.TryParse(limit, System.Globalization.NumberStyles.None, null, out most) || most is < 1 or > Most))
            return Error(400, $"limit must be a number from 1 to {Most}");
        if (concerned is not (null or "true" or "false"))
            return Error(400, "concerned must be true or false");
        var concerns = findings.Concerns();
        var (rows, found) = store.Search(new(type?.ToUpperInvariant(), q, most, AlertsFirst: false)
        {
            Only = concerned == "true" ? [.. concerns.Keys] : null,
        });
        return Results.Json(new { status = "success", data = rows.Select(a => AdvisoryRow.Of(a, concerns.GetValueOrDefault(a.Reference))), found });
    }

    static IResult Show([FromServices] AdvisoryStore store, [FromServices] FindingStore findings, [FromServices] AcceptanceStore acceptances,
        string reference) =>
        store.Find(reference) is { } advisory
            ? Results.Json(new { status = "success", data = AdvisoryDocument.Of(advisory, findings, acceptances) })
            : Error(404, "there is no such advisory; /api/v1/advisories lists them");

    static IResult Error(int status, string why) =>
        Results.Json(new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = "error", ["error"] = why }, statusCode: status);
}

/// <summary>An advisory in a list.</summary>
/// <param name="Hosts">Servers on which something is to be done.</param>
/// <param name="Unknown">Servers of which that is not known.</param>
/// <param name="Severity">Null when it concerns nobody.</param>
sealed record AdvisoryRow(string Reference, string Type, string? State, string Title, DateOnly Published, DateOnly Updated, DateOnly? Closed,
    IReadOnlyList<string> Risks, IReadOnlyList<string> Cves, string Link, bool DetailMissing, int Hosts, int Unknown, string? Severity, bool? Exploited)
{
    public static AdvisoryRow Of(Advisory a, Concern? concern) => new(a.Reference, a.Type, a.State, a.Title, a.First, a.Last, a.Closed, a.Risks, a.Cves, a.Url,
        a.Detail == DetailState.Missing, concern?.Hosts ?? 0, concern?.Unknown ?? 0, concern?.Level.Text(), concern?.IsExploited);
}

/// <summary>A finding as programs read it; the words of verdicts and tiers are those of <c>vigie advisories match</c>.</summary>
sealed record FindingRow(string Host, string Package, string Tier, string Verdict, string Severity, string SeverityReason, string Installed,
    string? FixedVersion, string Reason, string? Command, DateTimeOffset Since, DateTimeOffset? Ended, bool Accepted)
{
    public static FindingRow Of(Finding f) => new(f.Host, f.Package, f.Tier.Text(), f.Verdict.Text(), f.Level.Text(), f.LevelReason, f.Installed, f.Fixed,
        f.Reason, f.Command, f.Since, f.Ended, f.IsAccepted);
}

/// <summary>All that is known of an advisory, with what it means for the fleet.</summary>
static class AdvisoryDocument
{
    public static object Of(Advisory a, FindingStore findings, AcceptanceStore acceptances) => new
    {
        a.Reference,
        a.Type,
        a.State,
        a.Title,
        published = a.First,
        updated = a.Last,
        a.Closed,
        link = a.Url,
        detailMissing = a.Detail == DetailState.Missing,
        a.Summary,
        a.Content,
        a.Risks,
        a.Cves,
        a.Affected,
        a.AffectedText,
        a.Links,
        a.Revisions,
        hosts = findings.Of(a.Reference).Select(FindingRow.Of),
        accepted = acceptances.Of(a.Reference).Select(x => new { x.Id, x.Host, x.Reason, x.By, x.Created, x.Until, x.Ended, x.EndedBy }),
    };
}
