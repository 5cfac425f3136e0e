namespace Vigie.Agent.Link;

/// <summary>How all of the agent's requests reach its hub: the address, who asks, and the token.</summary>
static class HubHttp
{
    public const string MetricsPath = "/v1/metrics";

    /// <param name="hub">The hub's address, with the path for samples behind it or without.</param>
    /// <param name="path">What is asked for, from a slash on.</param>
    public static string Address(Uri hub, string path)
    {
        string address = hub.GetLeftPart(UriPartial.Path).TrimEnd('/');
        return (address.EndsWith(MetricsPath, StringComparison.Ordinal) ? address[..^MetricsPath.Length] : address) + path;
    }

    /// <summary>A client without a time-out of its own.</summary>
    /// <param name="token">Sent as bearer token; null for none.</param>
    public static HttpClient Client(HttpMessageHandler handler, string? token)
    {
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd($"vigie-agent/{AgentVersion.Text}");
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return http;
    }
}
