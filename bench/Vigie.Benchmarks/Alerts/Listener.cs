using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Vigie.Benchmarks.Alerts;

/// <summary>A webhook that notes when a name first stands in what it is sent, and pages of metrics for whoever scrapes.</summary>
sealed class Listener : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _waiting = new(StringComparer.Ordinal);

    Listener(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>What is answered to a scrape of <c>/NAME/metrics</c>.</summary>
    public Func<string, string> Metrics { get; set; } = _ => "";

    public static async Task<Listener> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var listener = new Listener(app);
        app.MapPost("/hook", listener.TakeAsync);
        app.MapGet("/{name}/metrics", (string name) => Results.Text(listener.Metrics(name), "text/plain; version=0.0.4"));
        await app.StartAsync();
        return listener;
    }

    /// <summary>The instant (of <see cref="Stopwatch"/>) at which the name comes.</summary>
    public Task<long> Arrival(string name) => _waiting.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    async Task TakeAsync(HttpRequest request)
    {
        long now = Stopwatch.GetTimestamp();
        string body = await new StreamReader(request.Body).ReadToEndAsync();
        foreach (var (name, waiting) in _waiting)
            if (body.Contains($"\"{name}\"", StringComparison.Ordinal))
                waiting.TrySetResult(now);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
