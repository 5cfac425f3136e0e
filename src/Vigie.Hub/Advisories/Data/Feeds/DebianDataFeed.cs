using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Advisories.Matching.Readers;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Data.Feeds;

/// <summary>Debian's security tracker: one document of 50 to 90 MB for all suites.</summary>
sealed class DebianDataFeed(HubOptions options) : IDataFeed
{
    public string Name => "Debian";

    public string Title => "Debian security tracker";

    public DataFeedOptions Options => options.Feeds.Debian;

    public IReadOnlyList<DataDocument> Documents(FleetNeeds needs)
    {
        if (needs.Find("debian") is not { } fleet)
            return [];
        // Backports and packages of a newer suite are judged by the suites that come after.
        var wanted = fleet with { Suites = fleet.Suites!.SelectMany(Distributions.DebianFrom).ToHashSet(StringComparer.Ordinal) };
        return [new("/tracker/data/json", 400 << 20, "application/json", DataTypes.IsJson, wanted, (file, ct) =>
        {
            var data = new SecurityData();
            if (DebianTrackerReader.Read(file, data, wanted, ct) == 0)
                throw new FormatException("it has no row for any package of the fleet, so it is not Debian's tracker");
            return DataPacking.Rows(data);
        })];
    }
}
