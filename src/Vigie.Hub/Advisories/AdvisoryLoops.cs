using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Feeds;

namespace Vigie.Hub.Advisories;

/// <summary>One guarded loop for each feed, so that one that fails holds up no other.</summary>
static class AdvisoryLoops
{
    public static void Add(IServiceCollection services)
    {
        foreach (var type in Feeds.OrderBy(t => t.Name, StringComparer.Ordinal))
            HubLoops.Add(services, $"Feed {type.Name[..^"Feed".Length]}", s => Feed(s, type).Every, s => async ct =>
            {
                var feed = Feed(s, type);
                if (feed.IsEnabled)
                    await s.GetRequiredService<FeedRunner>().RunAsync(feed, null, ct);
            });
        foreach (var type in Kinds(typeof(IDataFeed)).OrderBy(t => t.Name, StringComparer.Ordinal))
            HubLoops.Add(services, $"Feed {type.Name[..^"DataFeed".Length]}", DataFeedRunner.Pace, s => async ct =>
            {
                var feed = s.GetServices<IDataFeed>().First(f => f.GetType() == type);
                if (feed.Options.Enabled)
                    await s.GetRequiredService<DataFeedRunner>().RunAsync(feed, now: false, ct);
            });
    }

    static IEnumerable<Type> Feeds => Kinds(typeof(IFeed));

    static IEnumerable<Type> Kinds(Type feed) =>
        feed.Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(feed));

    static IFeed Feed(IServiceProvider services, Type type) => services.GetServices<IFeed>().First(f => f.GetType() == type);
}
