using Microsoft.Extensions.DependencyInjection.Extensions;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Core.RemoteWrite;
using Vigie.Hub.Accounts;
using Vigie.Hub.Activity;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Bundles;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Backtests;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Explaining;
using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Alerts.Reports;
using Vigie.Hub.Alerts.Silences;
using Vigie.Hub.Alerts.Stages;
using Vigie.Hub.Charts;
using Vigie.Hub.Checks;
using Vigie.Hub.Configuration;
using Vigie.Hub.Enrolment;
using Vigie.Hub.Heartbeats;
using Vigie.Hub.Hosts;
using Vigie.Hub.Ingest;
using Vigie.Hub.Inventory;
using Vigie.Hub.Retention;
using Vigie.Hub.Snapshots;
using Vigie.PromQL;
using Vigie.Storage;

namespace Vigie.Hub;

/// <summary>What the hub is made of, without the web: commands use the same parts.</summary>
static class HubServices
{
    public static IServiceCollection Add(IServiceCollection services, DataFolder folder, HubOptions options, TimeProvider time)
    {
        services.TryAddSingleton<ILoggerFactory, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory>();
        services.AddLogging();
        services.AddSingleton(folder).AddSingleton(options).AddSingleton(time);
        services.AddSingleton(_ => Database.Open(folder.Database, time, typeof(HubServices).Assembly));
        services.AddSingleton(options.ToStoreLimits());
        services.AddSingleton<MetricStore>();
        services.AddSingleton<RetentionRound>();
        services.AddSingleton<ISampleWriter>(s => s.GetRequiredService<MetricStore>());
        services.AddSingleton<ISeriesSource>(s => s.GetRequiredService<MetricStore>());
        services.AddSingleton(options.Queries.ToOptions(time));
        services.AddSingleton<QueryEngine>();
        services.AddSingleton(new OtlpMetricsReader(options.Ingest.ToLimits(), time))
            .AddSingleton(new RemoteWriteReader(options.Ingest.ToLimits(), time));
        services.AddSingleton<DiskWatch>().AddSingleton<HubMetrics>().AddSingleton<HubHealth>().AddSingleton<SampleIngest>();
        services.AddSingleton<HostStore>().AddSingleton<HostDirectory>().AddSingleton<Headlines>();
        services.AddSingleton<SnapshotStore>().AddSingleton<ReportedChecks>().AddSingleton<ReportedInventory>().AddSingleton<ReportedActivity>();
        services.AddSingleton<PackageChangeStore>();
        services.AddSingleton<HeartbeatStore>().AddSingleton<Heartbeats.Heartbeats>();
        services.AddSingleton<ChartService>().AddSingleton<ChartFigures>();
        services.AddSingleton<RuleGroupStore>().AddSingleton<GroupRound>().AddSingleton<RuleSet>()
            .AddSingleton<AlertStore>()
            .AddSingleton<OutboxStore>()
            .AddSingleton<DeliveryStore>()
            .AddSingleton<SilenceStore>()
            .AddSingleton<ChannelMetrics>()
            .AddSingleton<AlertEngine>()
            .AddSingleton<OutboxDelivery>();
        services.AddSingleton<AlertWords>().AddSingleton<MessageStyles>().AddSingleton<AlertWording>().AddSingleton<AlertPicture>();
        services.AddSingleton<Backtest>().AddSingleton<ReportComposer>().AddSingleton<ReportClock>();
        services.AddSingleton<PolicyStore>().AddSingleton<PolicySet>().AddSingleton<Routing>();
        services.AddSingleton<AlertPipeline>().AddSingleton<IncidentStore>().AddSingleton<IncidentPlace>().AddSingleton<IncidentWords>()
            .AddSingleton<IncidentLinks>().AddSingleton<IncidentComposer>();
        services.AddSingleton<ChannelSet>().AddSingleton<HttpSender>().AddSingleton<ChannelTest>();
        services.AddSingleton<Explanations>();
        services.AddSingleton<AdvisoryStore>().AddSingleton<FeedStore>().AddSingleton<FeedRunner>();
        services.AddSingleton<DataStore>().AddSingleton<FleetInventories>().AddSingleton<DataFeedRunner>().AddSingleton<FeedAges>();
        services.AddSingleton<FindingStore>().AddSingleton<AcceptanceStore>().AddSingleton<FindingRound>().AddSingleton<FindingMetrics>();
        services.AddSingleton<BundleWriter>().AddSingleton<BundleImport>();
        services.AddSingleton<UserStore>().AddSingleton<TokenStore>();
        services.AddSingleton<EnrolmentStore>().AddSingleton<AgentFiles>();
        services.AddSingleton<GapFinder>();
        // Extensions are found, not listed: a new one is one new file.
        AddAll<IComposer>(services);
        AddAll<IExplanation>(services);
        AddAll<IAlertWords>(services);
        AddAll<IMessageContext>(services);
        AddAll<IReportSection>(services);
        AddAll<IFeed>(services);
        AddAll<IDataFeed>(services);
        return services;
    }

    static void AddAll<T>(IServiceCollection services) where T : class
    {
        foreach (var type in typeof(HubServices).Assembly.GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(T)))
            .OrderBy(t => t.Name, StringComparer.Ordinal))
            services.AddSingleton(s => (T)(s.GetService(type) ?? ActivatorUtilities.CreateInstance(s, type)));
    }
}
