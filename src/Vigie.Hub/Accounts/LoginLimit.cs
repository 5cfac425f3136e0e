using System.Threading.RateLimiting;

namespace Vigie.Hub.Accounts;

/// <summary>Ten tries a minute from one address: enough for a person, too few for guessing.</summary>
static class LoginLimit
{
    public const string Policy = "login";

    public static void Add(IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.AddPolicy(Policy, context => RateLimitPartition.GetFixedWindowLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new() { PermitLimit = 10, Window = TimeSpan.FromMinutes(1) }));
    });
}
