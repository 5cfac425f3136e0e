using Vigie.Agent.Inventory;
using Vigie.Core.Metrics;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Snapshots;
using Vigie.Storage;

namespace Vigie.Hub.Advisories;

/// <summary>One guarded loop for each feed, so that one that fails holds up no other.</summary>
static class AdvisoryLoops
{
    const string FindingLoop = "Findings";

    static readonly TimeSpan FindingPace = TimeSpan.FromMinutes(1);

    static readonly HashSet<string> DataLoops = [.. Kinds(typeof(IDataFeed)).Select(DataLoop)];

    static string DataLoop(Type feed) => $"Feed {feed.Name[..^"DataFeed".Length]}";

    public static void Add(IServiceCollection services)
    {
        HubLoops.Add(services, FindingLoop, FindingPace, s => async ct =>
        {
            await s.GetRequiredService<FindingRound>().RunAsync(ct);
            var batch = new SampleBatch();
            s.GetRequiredService<FindingMetrics>().AddTo(batch);
            await s.GetRequiredService<MetricStore>().WriteAsync(batch, ct);
        });
        foreach (var type in Feeds.OrderBy(t => t.Name, StringComparer.Ordinal))
            HubLoops.Add(services, $"Feed {type.Name[..^"Feed".Length]}", s => Feed(s, type).Every, s => async ct =>
            {
                var feed = Feed(s, type);
                if (feed.IsEnabled)
                    await s.GetRequiredService<FeedRunner>().RunAsync(feed, null, ct);
            });
        foreach (var type in Kinds(typeof(IDataFeed)).OrderBy(t => t.Name, StringComparer.Ordinal))
            HubLoops.Add(services, DataLoop(type), DataFeedRunner.Pace, s => async ct =>
            {
                var feed = s.GetServices<IDataFeed>().First(f => f.GetType() == type);
                if (feed.Options.Enabled)
                    await s.GetRequiredService<DataFeedRunner>().RunAsync(feed, now: false, ct);
            });
    }

    /// <summary>What has come is judged at once.</summary>
    public static void Connect(IServiceProvider services)
    {
        var loops = services.GetServices<BackgroundLoop>().ToList();
        var findings = loops.First(l => l.Name == FindingLoop);
        services.GetRequiredService<FeedRunner>().Changed += findings.Wake;
        services.GetRequiredService<DataFeedRunner>().Changed += findings.Wake;
        services.GetRequiredService<SnapshotStore>().Saved += kind =>
        {
            if (kind != InventoryDocument.Kind)
                return;
            findings.Wake();
            foreach (var loop in loops.Where(l => DataLoops.Contains(l.Name)))
                loop.Wake();
        };
    }

    static IEnumerable<Type> Feeds => Kinds(typeof(IFeed));

    static IEnumerable<Type> Kinds(Type feed) =>
        feed.Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(feed));

    static IFeed Feed(IServiceProvider services, Type type) => services.GetServices<IFeed>().First(f => f.GetType() == type);
}
