using Vigie.Hub.Hosts;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>Where an incident is, by what its hosts have in common.</summary>
sealed class IncidentPlace(HostDirectory hosts)
{
    /// <summary>Of fewer than this, all of them says little.</summary>
    const int Fleet = 3;

    public string Of(Incident incident, IReadOnlyList<Alert> members, Texts texts)
    {
        string[] names = [.. members.Select(a => a.Host).Where(h => h.Length > 0).Distinct(StringComparer.Ordinal)];
        return names switch
        {
            [] => texts["all hosts"],
            [var one] => one,
            _ when IsWholeFleet(names) => texts.Format(incident.Scope == IncidentScope.Down ? "no server reports ({0})" : "all servers ({0})", names.Length),
            _ => texts.Format("{0} servers", names.Length),
        };
    }

    /// <summary>What it probably is, when many have fallen silent together; empty otherwise.</summary>
    public string Guess(Incident incident, IReadOnlyList<Alert> members, Texts texts) =>
        incident.Scope == IncidentScope.Down && IsWholeFleet([.. members.Select(a => a.Host).Distinct(StringComparer.Ordinal)])
            ? texts["No server reports any more: probably it is the hub, or its network, that is cut off."]
            : "";

    bool IsWholeFleet(string[] names) => names.Length >= Fleet && hosts.All.All(h => names.Contains(h.Name, StringComparer.Ordinal));
}
