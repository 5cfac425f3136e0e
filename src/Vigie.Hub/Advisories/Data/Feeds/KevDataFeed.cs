using System.Text.Json;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Data.Feeds;

/// <summary>CISA's catalogue of vulnerabilities that are known to be exploited: <c>{vulnerabilities: [{cveID}]}</c>.</summary>
sealed class KevDataFeed(HubOptions options) : IDataFeed
{
    const long Most = 20 << 20;

    public string Name => "Kev";

    public string Title => "CISA KEV";

    public DataFeedOptions Options => options.Feeds.Kev;

    public IReadOnlyList<DataDocument> Documents(FleetNeeds needs) => !needs.Any ? []
        : [new("/sites/default/files/feeds/known_exploited_vulnerabilities.json", Most, "application/json", DataTypes.IsJson, null, Pack)];

    static PackedData Pack(Stream file, CancellationToken ct)
    {
        byte[] body = new byte[file.Length];
        file.ReadExactly(body);
        using var json = OutsideJson.Parse(body);
        var cves = json.RootElement.List("vulnerabilities").Where(v => v.ValueKind == JsonValueKind.Object)
            .Select(v => CveId.Parse(v.Text("cveID") ?? "")).Where(c => c != 0).ToHashSet();
        return cves.Count > 0 ? DataPacking.Exploited(cves) : throw new FormatException("it names no CVE, so it is not CISA's catalogue");
    }
}
