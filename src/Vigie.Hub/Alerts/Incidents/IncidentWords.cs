using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>An incident in a few words, for pages and commands.</summary>
sealed class IncidentWords(AlertStore alerts, RuleSet rules, IncidentPlace places)
{
    /// <summary>Its alerts, without those of which another says more.</summary>
    public IReadOnlyList<Alert> Members(Incident incident) => Grouping.Spoken(alerts.Of(incident.Id), rules.Louder);

    public string Title(Incident incident, Texts texts) => Title(incident, Members(incident), texts);

    public string Title(Incident incident, IReadOnlyList<Alert> members, Texts texts)
    {
        if (members.Count == 0)
            return texts.Format("incident {0}", incident.Id);
        var lead = Grouping.Lead(members);
        string title = texts.Format("{0}: {1}", places.Of(incident, members, texts), texts[rules.Find(lead.Rule)?.Title ?? lead.Rule]);
        return members.Count > 1 && members.All(m => m.Host == lead.Host) ? $"{title} +{members.Count - 1}" : title;
    }
}
