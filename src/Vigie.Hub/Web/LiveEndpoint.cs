using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;

namespace Vigie.Hub.Web;

/// <summary>
/// Live numbers by server-sent events: what has changed since the last event, at most once a second for each page. A slow
/// page loses intermediate events and never holds up the hub.
/// </summary>
static class LiveEndpoint
{
    static readonly TimeSpan Least = TimeSpan.FromSeconds(1), Beat = TimeSpan.FromSeconds(20);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/live",
        (HttpContext context, [FromServices] LiveFeed feed, [FromServices] Viewer viewer,
            [FromServices] IHostApplicationLifetime life, [FromQuery] string? host) =>
            TypedResults.ServerSentEvents(EventsAsync(feed, viewer.Texts, host, context.RequestAborted, life.ApplicationStopping)));

    static async IAsyncEnumerable<SseItem<object>> EventsAsync(LiveFeed feed, Texts texts, string? only, CancellationToken left,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken ct = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(left, stopping, ct);
        using var subscription = feed.Subscribe();
        yield return new(new { }, "hello") { ReconnectionInterval = TimeSpan.FromSeconds(2) };
        while (await subscription.WaitAsync(Beat, stop.Token) is { } reported)
        {
            var hosts = only is null ? reported : [.. reported.Where(h => h == only)];
            yield return hosts.Count == 0 ? new(new { }, "beat") : new(await feed.NumbersAsync(hosts, texts, stop.Token), "hosts");
            if (!await subscription.RestAsync(Least, stop.Token))
                yield break;
        }
    }
}
