using System.Security.Claims;

namespace Vigie.Hub.Accounts;

/// <summary>A token spoke for a host that is not its own; the message tells the sender what to do.</summary>
sealed class ForeignHostException(string message) : Exception(message);

/// <summary>
/// A credential that a server has got by enrolling speaks for that server alone: who steals it can't make the others look well. Tokens
/// that were made by hand speak for every host, unless told otherwise.
/// </summary>
static class HostBound
{
    /// <summary>The one host that the caller may speak for; null for all.</summary>
    public static string? Of(ClaimsPrincipal caller) => caller.FindFirst(Claims.Host)?.Value;

    /// <summary>Why the caller may not speak for a host; null when it may.</summary>
    public static string? Refusal(string? own, string host) => own is null || own == host ? null
        : $"this token speaks for the host {own} only, not for {host}; report with --name {own}, or enrol this server anew";

    /// <exception cref="ForeignHostException">It may not.</exception>
    public static void Demand(string? own, string host)
    {
        if (Refusal(own, host) is { } refusal)
            throw new ForeignHostException(refusal);
    }
}
