using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vigie.Hub;
using Vigie.Hub.Accounts;
using Vigie.Hub.Advisories;
using Vigie.Hub.Commands;
using Vigie.Hub.Configuration;

namespace Vigie.Tests.Support;

/// <summary>A whole hub over a folder of its own, on a free loopback port, with its background loops unless told otherwise.</summary>
sealed class TestHub : IAsyncDisposable
{
    readonly TempFolder? _own;

    TestHub(WebApplication app, DataFolder folder, TempFolder? own) => (App, Folder, _own) = (app, folder, own);

    public static FeedsOptions Offline { get; } = new()
    {
        CertFr = new() { Enabled = false },
        Debian = new() { Enabled = false },
        Ubuntu = new() { Enabled = false },
        Alpine = new() { Enabled = false },
        Osv = new() { Enabled = false },
        Kev = new() { Enabled = false },
        Epss = new() { Enabled = false },
    };

    public WebApplication App { get; }

    public DataFolder Folder { get; }

    public Uri Address => new(App.Urls.First());

    public CapturedLog Log => App.Services.GetRequiredService<CapturedLog>();

    public static async Task<TestHub> StartAsync(TimeProvider? time = null, Func<HubOptions, HubOptions>? options = null,
        bool loops = false, bool probe = false, string? folder = null)
    {
        var own = folder is null ? new TempFolder() : null;
        var data = new DataFolder(folder ?? own!.Path);
        time ??= TimeProvider.System;
        InitCommand.Init(data, time);
        var settings = ConfigLoader.Load(data.Config);
        settings = settings with
        {
            Server = settings.Server with { Urls = "http://127.0.0.1:0", TimeZone = "Etc/UTC" },
            Feeds = Offline, // no test leaves this machine
        };
        var app = HubApp.Build(data, options?.Invoke(settings) ?? settings, time, services =>
        {
            if (!loops)
                foreach (var loop in services.Where(s => s.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService)
                    && s.ImplementationFactory is not null).ToList())
                    if (loop.ImplementationFactory!.Method.DeclaringType!.FullName!.Contains(nameof(HubLoops), StringComparison.Ordinal))
                        services.Remove(loop);
            if (probe)
                LocalProbe.Add(services);
            services.AddSingleton<CapturedLog>().AddSingleton<ILoggerProvider>(s => s.GetRequiredService<CapturedLog>());
        });
        await app.StartAsync();
        return new(app, data, own);
    }

    public T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    public async Task<string> TokenAsync(TokenScope scope, string? name = null) =>
        (await Get<TokenStore>().CreateAsync(name ?? $"{scope}-{Guid.NewGuid():N}", scope))!;

    /// <summary>A client without cookies and redirects, with a token of that scope or with none.</summary>
    public async Task<HttpClient> ClientAsync(TokenScope? scope = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        if (scope is { } wanted)
            client.DefaultRequestHeaders.Authorization = new("Bearer", await TokenAsync(wanted));
        return client;
    }

    /// <summary>A client that is logged in as a person, by a one-time link.</summary>
    public async Task<HttpClient> PersonAsync()
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = true, CookieContainer = new CookieContainer() };
        var client = new HttpClient(handler) { BaseAddress = Address };
        (await client.GetAsync($"/login/once?code={Get<LoginLinks>().Create()}")).EnsureSuccessStatusCode();
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        _own?.Dispose();
    }
}

/// <summary>A folder that is gone afterwards.</summary>
sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vigie-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Everything that was logged, so that a test can look for what must not be there.</summary>
sealed class CapturedLog : ILoggerProvider, ILogger
{
    readonly Lock _lock = new();
    readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
            _lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
    }

    public void Dispose() { }
}
