using System.Text.Json;

namespace Vigie.Hub.Advisories.Feeds;

sealed record CertFrListed(CertFrReference Reference, DateOnly? Last);

/// <summary>The list of all publications of one type, in no order.</summary>
static class CertFrListing
{
    /// <exception cref="FormatException">It is not a JSON list.</exception>
    public static IReadOnlyList<CertFrListed> Parse(byte[] body, string type)
    {
        using var json = OutsideJson.Parse(body);
        if (json.RootElement.ValueKind != JsonValueKind.Array)
            throw new FormatException($"a JSON list is expected, the document is {json.RootElement.ValueKind.ToString().ToLowerInvariant()}");
        var found = new Dictionary<string, CertFrListed>(StringComparer.Ordinal);
        foreach (var entry in json.RootElement.EnumerateArray())
            if (CertFrReference.Parse(entry.Text("reference")) is { } reference && reference.Type == type)
                found[reference.Text] = new(reference, entry.Day("last_revision_date"));
        return [.. found.Values.OrderByDescending(l => l.Reference.Rank)];
    }
}
