using System.Net;
using System.Text;

namespace Vigie.Agent.Http;

/// <summary>
/// The way out of networks that have no other, told by the environment as everywhere: <c>http_proxy</c>, <c>https_proxy</c>,
/// <c>all_proxy</c> and <c>no_proxy</c>, in lower case or upper.
/// </summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Authorization">The value of the header Proxy-Authorization; null for none.</param>
sealed record HttpProxy(HttpTarget Address, string? Authorization)
{
    /// <summary>The proxy for that server; null for the direct way, which it always is to this machine itself.</summary>
    /// <param name="variable">The environment; tests have their own.</param>
    public static HttpProxy? For(HttpTarget target, Func<string, string?> variable)
    {
        string? text = Of(target.IsTls ? "https_proxy" : "http_proxy") ?? Of("all_proxy");
        if (string.IsNullOrWhiteSpace(text) || IsLocal(target.Host) || IsExcepted(target, Of("no_proxy")))
            return null;
        if (!text.Contains("://", StringComparison.Ordinal))
            text = "http://" + text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme != "http")
            return null; // as other programs do with what they don't speak
        string? login = address.UserInfo.Length == 0 ? null
            : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo)));
        return new(HttpTarget.Of(address), login);

        // HTTP_PROXY in upper case may come from a request's header "Proxy" where programs run as CGI; an agent does not.
        string? Of(string name) => variable(name) ?? variable(name.ToUpperInvariant());
    }

    static bool IsLocal(string host) => host is "localhost" || IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);

    static bool IsExcepted(HttpTarget target, string? list)
    {
        foreach (string entry in (list ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string name = entry.TrimStart('*').TrimStart('.');
            if (entry is "*" || target.Host.Equals(name, StringComparison.OrdinalIgnoreCase)
                || target.Authority.Equals(name, StringComparison.OrdinalIgnoreCase)
                || name.Length > 0 && target.Host.EndsWith('.' + name, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
