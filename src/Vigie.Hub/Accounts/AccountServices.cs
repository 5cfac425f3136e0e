using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Accounts;

/// <summary>Sessions by cookie, programs by token; the keys that seal cookies stand in the data folder.</summary>
static class AccountServices
{
    const string Either = "Either";

    public static void Add(IServiceCollection services, DataFolder folder)
    {
        Directory.CreateDirectory(folder.Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        services.AddDataProtection().SetApplicationName("vigie").PersistKeysToFileSystem(new(folder.Keys));
        services.AddSingleton<LoginLinks>();
        LoginLimit.Add(services);
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "vigie-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.FormFieldName = "form-token";
        });
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, Either, options => options.ForwardDefaultSelector = context =>
                TokenAuthentication.Applies(context.Request)
                    ? TokenAuthentication.Scheme
                    : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Scheme, _ => { })
            .AddCookie(options =>
            {
                options.Cookie.Name = "vigie-session";
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.ExpireTimeSpan = TimeSpan.FromDays(7);
                options.SlidingExpiration = true;
                options.LoginPath = "/login";
                options.Events.OnValidatePrincipal = EndOldSessionsAsync;
            });
    }

    /// <summary>A session ends when its user is removed or gets a new password.</summary>
    static async Task EndOldSessionsAsync(CookieValidatePrincipalContext context)
    {
        string name = context.Principal!.FindFirst(ClaimTypes.Name)?.Value ?? "",
            stamp = context.Principal.FindFirst(Claims.Stamp)?.Value ?? "";
        var users = context.HttpContext.RequestServices.GetRequiredService<UserStore>();
        if ((name == Claims.Console && stamp.Length == 0) || users.Find(name)?.Stamp == stamp)
            return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }
}
