using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Vigie.Tests.Support;

/// <summary>A source of advisories on a loopback port: what a path answers can be changed while it runs.</summary>
sealed class FeedServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new(StringComparer.Ordinal);
    readonly ConcurrentQueue<(string Path, IHeaderDictionary Headers)> _requests = new();

    FeedServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public IReadOnlyList<(string Path, IHeaderDictionary Headers)> Requests => [.. _requests];

    public IEnumerable<string> Paths => Requests.Select(r => r.Path);

    public static async Task<FeedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new FeedServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    async Task AnswerAsync(HttpContext context)
    {
        _requests.Enqueue((context.Request.Path, new HeaderDictionary(context.Request.Headers.ToDictionary())));
        if (_answers.TryGetValue(context.Request.Path!, out var answer))
            await answer(context);
        else
            context.Response.StatusCode = 404;
    }

    public void Forget() => _requests.Clear();

    public void Answer(string path, Func<HttpContext, Task> answer) => _answers[path] = answer;

    public void Remove(string path) => _answers.TryRemove(path, out _);

    public void Status(string path, int status) => Answer(path, context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    public void Redirect(string path, string to) => Answer(path, context =>
    {
        (context.Response.StatusCode, context.Response.Headers.Location) = (302, to);
        return Task.CompletedTask;
    });

    public void Put(string path, string type, byte[] body, string? etag = null, bool gzip = false) => Answer(path, async context =>
    {
        context.Response.ContentType = type;
        if (etag is not null)
        {
            context.Response.Headers.ETag = etag;
            if (context.Request.Headers.IfNoneMatch == etag)
            {
                context.Response.StatusCode = 304;
                return;
            }
        }
        if (gzip)
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var zipped = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await zipped.WriteAsync(body);
            return;
        }
        await context.Response.Body.WriteAsync(body);
    });

    public void Json(string path, string body) => Put(path, "application/json", Encoding.UTF8.GetBytes(body));

    /// <summary>Serves a folder whose tree is the site's: <c>avis/feed/index.xml</c> answers <c>/avis/feed/</c>.</summary>
    public IReadOnlyList<string> Folder(string folder, bool etags = false, bool gzip = false)
    {
        var paths = new List<string>();
        foreach (string file in Directory.EnumerateFiles(folder, "index.*", SearchOption.AllDirectories))
        {
            string path = $"/{Path.GetRelativePath(folder, Path.GetDirectoryName(file)!)}/";
            byte[] body = File.ReadAllBytes(file);
            Put(path, Path.GetExtension(file) == ".xml" ? "application/rss+xml; charset=utf-8" : "application/json", body,
                etags ? $"\"{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(body))[..12]}\"" : null, gzip);
            paths.Add(path);
        }
        return paths;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
