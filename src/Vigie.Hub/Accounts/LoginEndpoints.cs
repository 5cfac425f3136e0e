using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;

namespace Vigie.Hub.Accounts;

/// <summary>Login by password or by one-time link, and logout. The login form itself is <c>LoginPage.razor</c>.</summary>
static class LoginEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        // The handlers check the form's token themselves: the framework would answer a stale form with a bare 400.
        routes.MapPost("/login", LoginAsync).RequireRateLimiting(LoginLimit.Policy).DisableAntiforgery();
        routes.MapGet("/login/once", OnceAsync).RequireRateLimiting(LoginLimit.Policy);
        routes.MapPost("/logout", LogoutAsync).DisableAntiforgery();
    }

    static async Task<IResult> LoginAsync(HttpContext context, [FromServices] UserStore users, [FromServices] IAntiforgery antiforgery,
        [FromServices] ILogger<LoginLinks> log, [FromForm] string? user, [FromForm] string? password, [FromForm] string? next)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.Redirect("/login?failed=form");
        if (users.Check(user ?? "", password ?? "") is not { } found)
        {
            Log.LoginFailed(log, (user ?? "").ReplaceLineEndings(" "), context.Connection.RemoteIpAddress?.ToString() ?? "?");
            return Results.Redirect("/login?failed=password&next=" + Uri.EscapeDataString(Local(next)));
        }
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, Claims.Session(found.Name, found.Stamp));
        return Results.LocalRedirect(Local(next));
    }

    static async Task<IResult> OnceAsync(HttpContext context, [FromServices] LoginLinks links, [FromQuery] string? code)
    {
        bool here = context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);
        if (!here || code is null || !links.Use(code))
            return Results.Redirect("/login?failed=link");
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, Claims.Session(Claims.Console, ""));
        return Results.LocalRedirect("/");
    }

    static async Task<IResult> LogoutAsync(HttpContext context, [FromServices] IAntiforgery antiforgery)
    {
        if (await antiforgery.IsRequestValidAsync(context))
            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect("/login");
    }

    /// <summary>A path of this hub, never another site.</summary>
    internal static string Local(string? next) =>
        next is { Length: > 0 }
            && next[0] == '/'
            && !next.StartsWith("//", StringComparison.Ordinal)
            && !next.Contains('\\', StringComparison.Ordinal)
            && !next.Any(char.IsControl) ? next : "/";
}
