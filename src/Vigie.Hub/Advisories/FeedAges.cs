using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Feeds;

namespace Vigie.Hub.Advisories;

/// <summary>How one source stands, whatever it gives.</summary>
/// <param name="IsNeeded">Some host is judged by it, and it is switched on or has come by a bundle: its age matters.</param>
/// <param name="IsAdvisories">It gives advisories, not data.</param>
sealed record FeedLine(string Name, string Title, string Address, bool IsEnabled, bool IsNeeded, TimeSpan Every, FeedState State,
    bool IsAdvisories);

/// <summary>The sources of advisories and of what they are judged by, with their ages: what is judged by old data must say so.</summary>
sealed class FeedAges(IEnumerable<IFeed> feeds, IEnumerable<IDataFeed> dataFeeds, FeedStore states, DataStore data, FleetInventories fleet,
    TimeProvider time)
{
    readonly DateTimeOffset _start = time.GetUtcNow();

    public IReadOnlyList<FeedLine> All()
    {
        var needs = new FleetNeeds(fleet.Read().Values);
        return
        [
            .. feeds.Select(f => (Feed: f, State: states.Find(f.Name))).Select(f => new FeedLine(f.Feed.Name, f.Feed.Title, f.Feed.Address,
                f.Feed.IsEnabled, f.Feed.IsEnabled || f.State.Filled is not null, f.Feed.Every, f.State, true)),
            .. dataFeeds.Select(f => Line(f, f.Documents(needs))),
        ];
    }

    FeedLine Line(IDataFeed feed, IReadOnlyList<DataDocument> documents)
    {
        var state = states.Find(feed.Name);
        var kept = data.Of(feed.Name);
        // The oldest of several documents counts.
        if (kept.Count > 0 && documents.Count > 0)
            state = state with { Succeeded = kept.Min(k => k.Fetched) };
        return new(feed.Name, feed.Title, feed.Options.BaseUrl, feed.Options.Enabled,
            documents.Count > 0 && (feed.Options.Enabled || kept.Count > 0), feed.Options.Every, state, false);
    }

    public TimeSpan Age(FeedLine feed)
    {
        var age = time.GetUtcNow() - (feed.State.Succeeded ?? _start);
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }
}
