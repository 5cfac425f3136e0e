using Vigie.Agent;

namespace Vigie.Hub.Configuration;

/// <summary>What can only be judged when the options stand together.</summary>
static class OptionChecks
{
    public static IEnumerable<string> Errors(HubOptions options)
    {
        foreach (string url in options.Server.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .DefaultIfEmpty(""))
            if (!Uri.TryCreate(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal)
                .Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri)
                || uri.Scheme is not ("http" or "https"))
                yield return $"Server:Urls holds \"{url}\"; write an address such as http://127.0.0.1:5000";
        if (options.Server.PublicUrl.Length > 0 && !IsHttp(options.Server.PublicUrl))
            yield return $"Server:PublicUrl is \"{options.Server.PublicUrl}\"; write an address such as https://vigie.example.org, or leave it empty";
        if (options.Server.TimeZone.Length > 0 && !TimeZoneInfo.TryFindSystemTimeZoneById(options.Server.TimeZone, out _))
            yield return $"Server:TimeZone is \"{options.Server.TimeZone}\", which this machine does not know; write a name such as Europe/Paris";
        foreach (string error in LocalProbe.Options(options.Probe).Errors())
            yield return "Probe:" + error.Replace(nameof(AgentOptions.DisabledProbes), nameof(LocalProbeOptions.Disabled), StringComparison.Ordinal);
        if (!IsHttp(options.Feeds.CertFr.BaseUrl))
            yield return $"Feeds:CertFr:BaseUrl is \"{options.Feeds.CertFr.BaseUrl}\"; write an address such as https://www.cert.ssi.gouv.fr";
        foreach (string error in ChannelBinding.Errors(options).Concat(options.Watchdog.Errors()))
            yield return error;
        foreach (string name in options.Alerts.Disabled.Where(n => !Vigie.Hub.Alerts.DefaultRules.Names.Contains(n)))
            yield return $"Alerts:Disabled names \"{name}\", which is no rule; the rules are {string.Join(", ", Vigie.Hub.Alerts.DefaultRules.Names)}";
    }

    static bool IsHttp(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https");
}
