using System.Collections.Frozen;
using System.Security.Claims;

namespace Vigie.Hub.Accounts;

/// <summary>What a route asks of its caller.</summary>
enum Access
{
    /// <summary>Nothing.</summary>
    Anyone,

    /// <summary>A token that may write samples (write or admin). A session does not help: a page can't be made to write.</summary>
    WriteToken,

    /// <summary>A session, or a token that may read (read or admin).</summary>
    Reader,

    /// <summary>A session of a person; no token.</summary>
    Person,
}

/// <summary>
/// Who may call what: the whole of it. A route that is not in this table answers nobody; a test walks every route.
/// </summary>
static class AccessPolicy
{
    static readonly FrozenDictionary<string, Access> Table = new Dictionary<string, Access>(StringComparer.Ordinal)
    {
        ["GET /healthz"] = Access.Anyone,
        ["GET /login"] = Access.Anyone,
        ["POST /login"] = Access.Anyone,
        ["GET /login/once"] = Access.Anyone,
        ["GET /assets/{version}/{file}"] = Access.Anyone,
        ["POST /preferences"] = Access.Anyone,

        ["GET /install"] = Access.Anyone,
        ["GET /install/{file}"] = Access.Anyone,
        ["POST /api/v1/enroll"] = Access.Anyone, // an enrolment token is asked for there

        ["POST /v1/metrics"] = Access.WriteToken,
        ["POST /api/v1/write"] = Access.WriteToken,
        ["POST /api/v1/hosts/snapshot"] = Access.WriteToken,
        ["POST /api/v1/heartbeat"] = Access.WriteToken,
        ["POST /api/v1/token/renew"] = Access.WriteToken,

        // the token is part of the address, and the handler looks at it
        ["GET /api/push/{token}"] = Access.Anyone,
        ["POST /api/push/{token}"] = Access.Anyone,
        ["GET /ping/{token}"] = Access.Anyone,
        ["POST /ping/{token}"] = Access.Anyone,
        ["GET /ping/{token}/{signal}"] = Access.Anyone,
        ["POST /ping/{token}/{signal}"] = Access.Anyone,

        ["GET /"] = Access.Reader,
        ["GET /hosts/{name}"] = Access.Reader,
        ["GET /hosts/{name}/charts"] = Access.Reader,
        ["GET /hosts/{name}/packages"] = Access.Reader,
        ["GET /charts/{host}/{chart}.svg"] = Access.Reader,
        ["GET /charts/{host}/{chart}.png"] = Access.Reader,
        ["GET /charts/{host}/{chart}.json"] = Access.Reader,
        ["GET /alerts"] = Access.Reader,
        ["POST /alerts"] = Access.Person,
        ["GET /rules/preview"] = Access.Reader,
        ["GET /incidents/{id}"] = Access.Reader,
        ["POST /incidents/{id}"] = Access.Person,
        // the link is signed, and the page looks at it
        ["GET /incidents/link/{token}"] = Access.Anyone,
        ["POST /incidents/link/{token}"] = Access.Anyone,
        ["GET /advisories"] = Access.Reader,
        ["GET /advisories/{reference}"] = Access.Reader,
        ["POST /advisories/{reference}"] = Access.Person,
        ["GET /live"] = Access.Reader,

        ["GET /api/v1/hosts/inventory"] = Access.Reader,
        ["GET /api/v1/advisories"] = Access.Reader,
        ["GET /api/v1/advisories/{reference}"] = Access.Reader,
        ["GET /api/v1/query"] = Access.Reader,
        ["POST /api/v1/query"] = Access.Reader,
        ["GET /api/v1/query_range"] = Access.Reader,
        ["POST /api/v1/query_range"] = Access.Reader,
        ["GET /api/v1/query_exemplars"] = Access.Reader,
        ["POST /api/v1/query_exemplars"] = Access.Reader,
        ["GET /api/v1/format_query"] = Access.Reader,
        ["POST /api/v1/format_query"] = Access.Reader,
        ["GET /api/v1/series"] = Access.Reader,
        ["POST /api/v1/series"] = Access.Reader,
        ["GET /api/v1/labels"] = Access.Reader,
        ["POST /api/v1/labels"] = Access.Reader,
        ["GET /api/v1/label/{name}/values"] = Access.Reader,
        ["GET /api/v1/metadata"] = Access.Reader,
        ["GET /api/v1/rules"] = Access.Reader,
        ["GET /api/v1/alerts"] = Access.Reader,
        ["GET /api/v1/status/buildinfo"] = Access.Reader,

        ["GET /deliveries"] = Access.Reader,
        ["POST /deliveries"] = Access.Person,
        ["GET /enroll"] = Access.Person,
        ["POST /enroll"] = Access.Person,
        ["POST /logout"] = Access.Person,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The rule for a route, null when nobody may call it.</summary>
    public static Access? Of(string method, string pattern)
    {
        // a page's parameters are written as its properties
        string key = $"{(method is "HEAD" ? "GET" : method)} /{pattern.TrimStart('/').ToLowerInvariant()}";
        return Table.TryGetValue(key, out var access) ? access : null;
    }

    public static IEnumerable<string> Routes => Table.Keys;

    public static bool Allows(Access access, ClaimsPrincipal caller)
    {
        string? scope = caller.FindFirst(Claims.Scope)?.Value;
        bool person = caller.Identity is { IsAuthenticated: true } && scope is null;
        return access switch
        {
            Access.Anyone => true,
            Access.WriteToken => scope is "write" or "admin",
            Access.Reader => person || scope is "read" or "admin",
            _ => person,
        };
    }
}
