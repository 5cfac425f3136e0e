using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Data.Feeds;

/// <summary>Ubuntu's package data: a document for each series, packed by xz.</summary>
sealed class UbuntuDataFeed(HubOptions options) : IDataFeed
{
    public string Name => "Ubuntu";

    public string Title => "Ubuntu package data";

    public DataFeedOptions Options => options.Feeds.Ubuntu;

    public IReadOnlyList<DataDocument> Documents(FleetNeeds needs) => needs.Find("ubuntu") is { Suites: { } suites } wanted
        ? [.. suites.Where(DataTypes.IsCodename).Order(StringComparer.Ordinal).Select(series => new DataDocument($"/oval/com.ubuntu.{series}.pkg.json.xz",
            200 << 20, "application/x-xz", DataTypes.IsPacked, wanted, DataTypes.Rows(wanted)))]
        : [];
}
