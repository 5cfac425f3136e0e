using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Vigie.Hub.Enrolment;

namespace Vigie.Hub.Accounts;

/// <summary><c>Authorization: Bearer vigie_…</c></summary>
sealed class TokenAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger,
    UrlEncoder encoder, TokenStore tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Token";

    const string Bearer = "Bearer ";

    public static bool Applies(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);

    /// <summary>The token that a request shows, for which <see cref="Applies"/> holds.</summary>
    public static string Shown(HttpRequest request) => request.Headers.Authorization.ToString()[Bearer.Length..].Trim();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync() =>
        !Applies(Request) || EnrolmentStore.Is(Shown(Request)) ? AuthenticateResult.NoResult()
        : await tokens.CheckAsync(Shown(Request), Context.RequestAborted) is { } caller
            ? AuthenticateResult.Success(new(caller, Scheme))
            : AuthenticateResult.Fail("the token is unknown or revoked");
}
