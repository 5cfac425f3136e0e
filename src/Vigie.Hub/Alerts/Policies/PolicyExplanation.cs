using Vigie.Hub.Alerts.Explaining;

namespace Vigie.Hub.Alerts.Policies;

/// <summary>Which windows held an alert back, and which routes it went by. Both are told by the policy in force.</summary>
sealed class PolicyExplanation(PolicySet policies, Routing routing) : IExplanation
{
    public int Place => 30;

    public IEnumerable<ExplanationLine> Of(Alert alert)
    {
        if (alert.FiredMs is not { } ms)
            yield break;
        var fired = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        foreach (var window in policies.WindowsOver(alert, fired))
            yield return new(fired,
                $"The maintenance window {window.Name} ({window.Times}) held it back until {window.Schedule.EndOf(fired):yyyy-MM-dd HH:mm}Z.");
        var at = alert.ToldMs is { } told ? DateTimeOffset.FromUnixTimeMilliseconds(told) : fired;
        var routes = routing.RoutesOf(alert);
        if (policies.Current.Routes.Count > 0)
            yield return new(at, routes.Count == 0 ? "No route of the policy is about it, so it goes to every channel."
                : $"The route {string.Join(" and ", routes.Select(r => r.Name))} leads to "
                + $"{string.Join(", ", routes.SelectMany(r => r.Channels).Distinct(StringComparer.Ordinal))}.");
        foreach (var route in routes.Where(r => alert.Severity != Severity.Critical && r.Quiet?.EndOf(at) is not null))
            yield return new(at,
                $"It is a quiet time of the route {route.Name}: what is no critical alert waits until {route.Quiet!.EndOf(at):yyyy-MM-dd HH:mm}Z.");
    }
}
