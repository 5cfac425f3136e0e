using Vigie.Hub.Accounts;

namespace Vigie.Hub.Ingest;

/// <summary>
/// The short way of a request that brings samples with a token: it is many times as frequent as all others together, and has no use
/// for sessions, forms, compressed answers and the login's limit. It is held against the same table of access; without a token it
/// goes the way of all others, to be refused there.
/// </summary>
static class IngestPipeline
{
    public static void Use(IApplicationBuilder app)
    {
        app.MapWhen(IsShort, UseShortWay);
        app.Use(async (context, next) =>
        {
            // Everything else may take its time: not in a thread that reads sockets. The first request of a connection is in the pool.
            if (!Thread.CurrentThread.IsThreadPoolThread)
                await Task.Yield();
            await next(context);
        });
    }

    static void UseShortWay(IApplicationBuilder ingest)
    {
        ingest.UseRouting();
        ingest.Use((context, next) => AuthenticateAsync(context, next, context.RequestServices.GetRequiredService<TokenStore>()));
        ingest.UseMiddleware<AccessMiddleware>();
        ingest.UseEndpoints(Map); // a branch has routes of its own
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        OtlpEndpoint.Map(routes);
        RemoteWriteEndpoint.Map(routes);
    }

    static bool IsShort(HttpContext context) =>
        context.Request.Path.Value is RemoteWriteEndpoint.Path or OtlpEndpoint.Path && TokenAuthentication.Applies(context.Request);

    static async Task AuthenticateAsync(HttpContext context, RequestDelegate next, TokenStore tokens)
    {
        if (await tokens.CheckAsync(TokenAuthentication.Shown(context.Request), context.RequestAborted) is { } caller)
            context.User = caller;
        await next(context);
    }
}
