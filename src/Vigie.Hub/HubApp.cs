using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.ResponseCompression;
using Vigie.Core.Metrics;
using Vigie.Hub.Accounts;
using Vigie.Hub.Advisories;
using Vigie.Hub.Api;
using Vigie.Hub.Charts;
using Vigie.Hub.Configuration;
using Vigie.Hub.Enrolment;
using Vigie.Hub.Heartbeats;
using Vigie.Hub.Ingest;
using Vigie.Hub.Inventory;
using Vigie.Hub.Snapshots;
using Vigie.Hub.Web;
using Vigie.Storage;

namespace Vigie.Hub;

/// <summary>The hub as a web application.</summary>
static class HubApp
{
    /// <param name="add">More services: the local probe of `up`, doubles of a test.</param>
    public static WebApplication Build(DataFolder folder, HubOptions options, TimeProvider time, Action<IServiceCollection>? add = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = typeof(HubApp).Assembly.GetName().Name,
        });
        builder.Configuration.Sources.Clear(); // settings come from config.json alone
        builder.Configuration.AddInMemoryCollection();
        builder.Host.UseSystemd();
        builder.WebHost.UseUrls(options.Server.Urls).UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // Requests begin in the thread that has read them; see IngestPipeline for who stays there.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Logging.ClearProviders()
            .AddSimpleConsole(console => { console.SingleLine = true; console.TimestampFormat = "HH:mm:ss "; })
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            // the keys are sealed by the folder's mode, not by a certificate
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // why the hub can't start is said in a sentence
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
            .AddFilter("System", LogLevel.Warning);
        HubServices.Add(builder.Services, folder, options, time);
        HubLoops.Add(builder.Services, options);
        AccountServices.Add(builder.Services, folder);
        builder.Services.AddRazorComponents();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true;
            compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "image/svg+xml"];
        });
        builder.Services.AddScoped<Viewer>().AddScoped<ChartReader>();
        builder.Services.AddSingleton<HubNotices>().AddSingleton<LiveFeed>();
        add?.Invoke(builder.Services);
        var app = builder.Build();
        HubLoops.Connect(app.Services);
        Use(app);
        return app;
    }

    static void Use(WebApplication app)
    {
        app.UseExceptionHandler(failed => failed.Run(context =>
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
            // What the disk does is no secret to whoever may read the answer, and is the first thing to know.
            bool isTold = context.User.Identity is { IsAuthenticated: true } && error is (DatabaseException or StoreUnavailableException);
            return context.Response.WriteAsync(isTold ? error!.Message : "The hub has failed at this request; its log says why.");
        }));
        IngestPipeline.Use(app);
        SecurityHeaders.Use(app); // for browsers: who brings samples has no use for them
        app.UseResponseCompression();
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<AccessMiddleware>();
        app.UseRateLimiter();
        app.UseAntiforgery();
        Map(app);
    }

    static void Map(WebApplication app)
    {
        app.MapGet("/healthz", () => Results.Text("ready"));
        IngestPipeline.Map(app);
        EnrolmentEndpoints.Map(app);
        SnapshotEndpoint.Map(app);
        InventoryEndpoint.Map(app);
        AdvisoryApi.Map(app);
        HeartbeatEndpoints.Map(app);
        LoginEndpoints.Map(app);
        TokenEndpoints.Map(app);
        PreferencesEndpoint.Map(app);
        ChartEndpoints.Map(app);
        LiveEndpoint.Map(app);
        QueryEndpoints.Map(app);
        SeriesEndpoints.Map(app);
        RulesEndpoints.Map(app);
        StatusEndpoints.Map(app);
        WebAssets.Map(app);
        app.MapRazorComponents<App>();
    }
}
