using Vigie.Hub.Alerts;

namespace Vigie.Hub.Hosts;

/// <summary>How a host is, worst first: that is the order of the fleet's table.</summary>
enum HostState { Silent, Critical, Warning, Up }

static class HostStates
{
    public static HostState Of(Host host, IEnumerable<Alert> open, DateTimeOffset now)
    {
        if (host.IsLate(now))
            return HostState.Silent;
        var firing = open.Where(a => a.State == AlertState.Firing && a.Host == host.Name).ToList();
        return firing.Any(a => a.Severity == Severity.Critical) ? HostState.Critical : firing.Count > 0 ? HostState.Warning : HostState.Up;
    }

    /// <summary>English; also the style sheet's class, in lower case.</summary>
    public static string Text(HostState state) =>
        state switch { HostState.Silent => "Silent", HostState.Critical => "Critical", HostState.Warning => "Warning", _ => "Up" };
}
