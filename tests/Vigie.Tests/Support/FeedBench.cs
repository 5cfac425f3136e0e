using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Vigie.Hub;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Alerts;
using Vigie.Hub.Commands;
using Vigie.Hub.Configuration;

namespace Vigie.Tests.Support;

/// <summary>The hub's parts without its web, and one feed against a server of the test.</summary>
sealed class FeedBench : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    readonly TempFolder _folder = new();
    readonly ServiceProvider _services;

    FeedBench(string feed, FeedServer server, IReadOnlyDictionary<string, string?>? settings, IReadOnlyList<string> feeds)
    {
        Server = server;
        var data = new DataFolder(_folder.Path);
        InitCommand.Init(data, Time);
        var all = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [$"Feeds:{feed}:BaseUrl"] = server.Address,
            [$"Feeds:{feed}:Pause"] = "0s",
            ["Mail:Host"] = "127.0.0.1",
            ["Mail:To:0"] = "admin@example.org",
            ["Server:TimeZone"] = "Etc/UTC",
            ["Server:PublicUrl"] = "https://vigie.example.org",
        };
        foreach (string other in feeds)
            all[$"Feeds:{other}:BaseUrl"] = server.Address;
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>(StringComparer.Ordinal))
            all[key] = value;
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(_ => LoggerFactory.Create(logging => logging.AddProvider(Log)));
        _services = HubServices.Add(services, data, ConfigLoader.Load(data.Config, all), Time).BuildServiceProvider();
        Feed = _services.GetServices<IFeed>().Single(f => f.Name == feed);
    }

    public FakeTimeProvider Time { get; } = new(Start);

    public CapturedLog Log { get; } = new();

    public FeedServer Server { get; }

    public IFeed Feed { get; }

    public AdvisoryStore Store => Get<AdvisoryStore>();

    public FeedState State => Get<FeedStore>().Find(Feed.Name);

    public IReadOnlyList<Notification> Outbox => Get<OutboxStore>().Recent(100);

    public static string Cases(string feed, string part) =>
        Path.Combine(AppContext.BaseDirectory, "Cases", "Feeds", feed.ToLowerInvariant(), part);

    public string Folder => _folder.Path;

    public IServiceProvider Services => _services;

    /// <summary>With the feed's own case served, unless <paramref name="part"/> is null.</summary>
    /// <param name="feeds">Data feeds that ask the same server.</param>
    public static async Task<FeedBench> StartAsync(string feed = CertFrFeed.FeedName, string? part = "site",
        IReadOnlyDictionary<string, string?>? settings = null, params IReadOnlyList<string> feeds)
    {
        var server = await FeedServer.StartAsync();
        if (part is not null)
            server.Folder(Cases(feed, part));
        return new(feed, server, settings, feeds);
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public Task<FeedReport> RunAsync(CancellationToken ct = default) => Get<FeedRunner>().RunAsync(Feed, null, ct);

    public IReadOnlyList<Advisory> All(string? text = null) => Store.Search(new(null, text, 1000, AlertsFirst: true)).Rows;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
