using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Vigie.Hub.Accounts;

/// <summary><c>Authorization: Bearer vigie_…</c></summary>
sealed class TokenAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger,
    UrlEncoder encoder, TokenStore tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Token";

    public static bool Applies(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Applies(Request))
            return AuthenticateResult.NoResult();
        string secret = Request.Headers.Authorization.ToString()["Bearer ".Length..].Trim();
        return await tokens.CheckAsync(secret, Context.RequestAborted) is { } token
            ? AuthenticateResult.Success(new(Claims.OfToken(token.Name, token.Scope), Scheme))
            : AuthenticateResult.Fail("the token is unknown or revoked");
    }
}
