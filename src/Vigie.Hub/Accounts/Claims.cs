using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Vigie.Hub.Accounts;

/// <summary>What the hub notes about who asks.</summary>
static class Claims
{
    /// <summary>Name of the token that was shown.</summary>
    public const string Token = "vigie:token";

    /// <summary>Scope of that token.</summary>
    public const string Scope = "vigie:scope";

    /// <summary>The one host that token may speak for; missing when it is bound to none.</summary>
    public const string Host = "vigie:host";

    /// <summary>The user's stamp when the session began.</summary>
    public const string Stamp = "vigie:stamp";

    /// <summary>The session of a one-time link: a person at this machine's console, without a password.</summary>
    public const string Console = "console";

    public static ClaimsPrincipal Session(string user, string stamp) => new(new ClaimsIdentity(
        [new(ClaimTypes.Name, user), new(Stamp, stamp)], CookieAuthenticationDefaults.AuthenticationScheme));

    public static ClaimsPrincipal OfToken(string name, TokenScope scope, string? host = null) => new(new ClaimsIdentity(
        [new(ClaimTypes.Name, name), new(Token, name), new(Scope, TokenStore.Text(scope)), .. host is null ? Array.Empty<Claim>() : [new(Host, host)]],
        TokenAuthentication.Scheme));
}
