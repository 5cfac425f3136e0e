using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;
using Vigie.Hub;
using Vigie.Hub.Accounts;
using Vigie.Hub.Commands;
using Vigie.Hub.Configuration;
using Vigie.Tests.Support;

namespace Vigie.Benchmarks.Alerts;

/// <summary>A whole hub over a folder of its own, with its loops, that tells one webhook.</summary>
sealed class BenchHub : IAsyncDisposable
{
    readonly DirectoryInfo _folder;
    readonly WebApplication _app;
    readonly HttpClient _client = new();

    BenchHub(DirectoryInfo folder, WebApplication app) => (_folder, _app) = (folder, app);

    public static async Task<BenchHub> StartAsync(Func<HubOptions, HubOptions> more)
    {
        var folder = Directory.CreateTempSubdirectory("vigie-bench-");
        var data = new DataFolder(folder.FullName);
        InitCommand.Init(data, TimeProvider.System);
        var options = ConfigLoader.Load(data.Config);
        options = more(options with
        {
            Server = options.Server with { Urls = "http://127.0.0.1:0" },
            Feeds = options.Feeds with { CertFr = options.Feeds.CertFr with { Enabled = false } },
        });
        var app = HubApp.Build(data, options, TimeProvider.System, services => services.AddLogging(log => log.ClearProviders()));
        await app.StartAsync();
        var hub = new BenchHub(folder, app);
        string token = (await hub.Get<TokenStore>().CreateAsync("bench", TokenScope.Write))!;
        hub._client.BaseAddress = new(app.Urls.First());
        hub._client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return hub;
    }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Sends samples of a host as its agent does; they are accepted when this returns.</summary>
    public async Task ReportAsync(string host, params (MetricInfo, double, SampleAttribute[])[] samples)
    {
        using var body = new ByteArrayContent(OtlpRequests.Every(TimeSpan.FromSeconds(15), host, TimeProvider.System.GetUtcNow(), samples));
        body.Headers.ContentType = new("application/x-protobuf");
        (await _client.PostAsync("/v1/metrics", body)).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }
}
