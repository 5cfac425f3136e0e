using Vigie.Hub.Alerts.Channels;

namespace Vigie.Hub.Alerts.Policies;

/// <summary>Where a message goes, and not before when.</summary>
readonly record struct Destination(string Channel, DateTimeOffset? NotBefore);

/// <summary>Who is told of an alert: by the policy's routes, and everybody where no route leads anywhere, so that nothing is lost.</summary>
sealed class Routing(PolicySet policies, ChannelSet channels)
{
    public IReadOnlyList<Destination> Of(Alert alert, DateTimeOffset now)
    {
        var routes = RoutesOf(alert);
        if (routes.Count == 0)
            return [.. channels.Names.Select(c => new Destination(c, null))];
        return
        [
            .. routes.SelectMany(route => Resolve(route.Channels, now)
                .Select(c => new Destination(c, alert.Severity == Severity.Critical ? null : route.Quiet?.EndOf(now)))).DistinctBy(d => d.Channel),
        ];
    }

    /// <summary>Who else is told when nobody acknowledges it, by the time that has passed.</summary>
    public IReadOnlyList<EscalationStep> StepsOf(Alert alert, DateTimeOffset now) => policies.Current.Routes.All(r => r.Escalation.Count == 0)
        ? [] // asked of every alert that fires, at every round
        : [.. RoutesOf(alert).SelectMany(r => r.Escalation).Select(s => s with { Channels = Resolve(s.Channels, now) })];

    public IReadOnlyList<Route> RoutesOf(Alert alert)
    {
        var all = policies.Current.Routes;
        if (all.Count == 0)
            return [];
        var tags = policies.TagsOf(alert.Host);
        var routes = new List<Route>();
        foreach (var route in all.Where(r => r.Match.Matches(alert, tags)))
        {
            routes.Add(route);
            if (!route.Continue)
                break;
        }
        return routes;
    }

    IReadOnlyList<string> Resolve(IReadOnlyList<string> names, DateTimeOffset now) =>
    [
        .. names.Select(name => name.StartsWith("rota:", StringComparison.Ordinal)
            ? policies.Current.Rotas.FirstOrDefault(r => r.Name == name[5..])?.At(now) : name).OfType<string>().Distinct(StringComparer.Ordinal),
    ];
}
