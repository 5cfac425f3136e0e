using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Data.Feeds;

/// <summary>The records that OSV has of the errata of Red Hat and its kin: a zip for each distribution.</summary>
sealed class OsvDataFeed(HubOptions options) : IDataFeed
{
    static readonly (string Distribution, string Ecosystem)[] Ecosystems =
        [("almalinux", "AlmaLinux"), ("rocky", "Rocky%20Linux"), ("rhel", "Red%20Hat")];

    public string Name => "Osv";

    public string Title => "OSV";

    public DataFeedOptions Options => options.Feeds.Osv;

    public IReadOnlyList<DataDocument> Documents(FleetNeeds needs) =>
    [
        .. Ecosystems.Select(e => (e.Ecosystem, Wanted: needs.Find(e.Distribution))).Where(e => e.Wanted is not null)
            .Select(e => new DataDocument($"/{e.Ecosystem}/all.zip", 300 << 20, "application/zip", DataTypes.IsPacked, e.Wanted,
                DataTypes.Rows(e.Wanted!))),
    ];
}
