using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Data.Feeds;

/// <summary>Alpine's secdb: two documents for each branch.</summary>
sealed class AlpineDataFeed(HubOptions options) : IDataFeed
{
    static readonly string[] Repositories = ["main", "community"];

    public string Name => "Alpine";

    public string Title => "Alpine secdb";

    public DataFeedOptions Options => options.Feeds.Alpine;

    public IReadOnlyList<DataDocument> Documents(FleetNeeds needs) => needs.Find("alpine") is { Suites: { } suites } wanted
        ? [.. suites.Where(DataTypes.IsBranch).Order(StringComparer.Ordinal)
            .SelectMany(branch => Repositories.Select(repository => new DataDocument($"/{branch}/{repository}.json", 32 << 20, "application/json",
                DataTypes.IsJson, wanted, DataTypes.Rows(wanted))))]
        : [];
}
