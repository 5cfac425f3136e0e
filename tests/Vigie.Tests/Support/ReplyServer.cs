using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Vigie.Tests.Support;

/// <summary>What the other side of a channel was sent.</summary>
sealed record Received(string Method, string Target, IHeaderDictionary Headers, string Body);

/// <summary>The other side of a channel, on a loopback port: it answers by script.</summary>
sealed class ReplyServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentQueue<Received> _received = new();
    readonly CancellationTokenSource _closing = new();

    ReplyServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public IReadOnlyList<Received> Received => [.. _received];

    /// <summary>Asked at each request. Status 0: it never answers.</summary>
    public Func<Received, (int Status, string Body)> Reply { get; set; } = _ => (200, "");

    public string? RetryAfter { get; set; }

    public static async Task<ReplyServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new ReplyServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var received = new Received(context.Request.Method, context.Request.Path + context.Request.QueryString,
            new HeaderDictionary(context.Request.Headers.ToDictionary()), await reader.ReadToEndAsync());
        _received.Enqueue(received);
        var (status, body) = Reply(received);
        if (status == 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _closing.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            context.Abort();
            return;
        }
        context.Response.StatusCode = status;
        if (RetryAfter is { } after)
            context.Response.Headers.RetryAfter = after;
        await context.Response.WriteAsync(body);
    }

    /// <summary>Somebody who takes connections and speaks no HTTP.</summary>
    public static IDisposable Garbage(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = SpeakAsync();
        return listener;

        async Task SpeakAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    await client.GetStream().WriteAsync("220 who are you?\r\n\r\n"u8.ToArray());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                // the test is over
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _closing.Dispose();
    }
}
