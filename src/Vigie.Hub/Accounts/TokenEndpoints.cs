using Microsoft.AspNetCore.Mvc;
using Vigie.Core.Metrics;

namespace Vigie.Hub.Accounts;

/// <summary>
/// <c>POST /api/v1/token/renew</c> with the credential of an enrolled server: answers another one as plain text. The old one works until the
/// new one is used. 409 for tokens that are bound to no host: these are kept by people, in places that nobody would change.
/// </summary>
static class TokenEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/token/renew", RenewAsync).DisableAntiforgery();

    static async Task<IResult> RenewAsync(HttpContext context, [FromServices] TokenStore tokens)
    {
        if (HostBound.Of(context.User) is null || !TokenAuthentication.Applies(context.Request))
            return Results.Text("only the credential of an enrolled server is renewed; make another token by: vigie token create", statusCode: 409);
        try
        {
            return await tokens.RenewAsync(TokenAuthentication.Shown(context.Request), context.RequestAborted) is { } renewed
                ? Results.Text(renewed)
                : Results.Text("this credential was revoked or renewed meanwhile", statusCode: 401);
        }
        catch (StoreUnavailableException e)
        {
            return Results.Text(e.Message, statusCode: 503);
        }
    }
}
