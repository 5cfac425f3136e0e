namespace Vigie.Hub.Alerts;

/// <summary>That a server does not report explains whatever else seems wrong with it: people are told of the one and not of the rest.</summary>
static class RootCause
{
    public static readonly string[] Rules = ["host-inactive", "host-late"];

    public static bool Is(string rule) => Array.IndexOf(Rules, rule) >= 0;

    /// <summary>Whether an alert could be a consequence: it is about a host, and is not the cause itself.</summary>
    public static bool Of(Alert alert) => alert.Host.Length > 0 && !Is(alert.Rule);
}
