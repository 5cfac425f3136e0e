using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Vigie.Hub.Accounts;

namespace Vigie.Hub.Web;

/// <summary>Theme and language, kept in cookies for a year.</summary>
static class PreferencesEndpoint
{
    // checked by hand, as the login is
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/preferences", SetAsync).DisableAntiforgery();

    static async Task<IResult> SetAsync(HttpContext context, [FromServices] IAntiforgery antiforgery, [FromForm] string? theme,
        [FromForm] string? language, [FromForm] string? next)
    {
        if (await antiforgery.IsRequestValidAsync(context))
        {
            var keep = new CookieOptions
            {
                MaxAge = TimeSpan.FromDays(365),
                SameSite = SameSiteMode.Lax,
                HttpOnly = true,
                IsEssential = true,
            };
            if (theme is "light" or "dark" or "auto")
                context.Response.Cookies.Append(Viewer.ThemeCookie, theme, keep);
            if (language is "en" or "fr")
                context.Response.Cookies.Append(Viewer.LanguageCookie, language, keep);
        }
        return Results.LocalRedirect(LoginEndpoints.Local(next));
    }
}
