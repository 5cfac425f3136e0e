namespace Vigie.Hub.Alerts.Stages;

/// <summary>While a server does not report, nothing else is told of it: that explains the rest.</summary>
sealed class RootCauseStage : IStage
{
    public IEnumerable<Alert> Pass(IEnumerable<Alert> alerts, StageRound round)
    {
        var down = RootCause.Rules.SelectMany(rule => round.Firing[rule]).Select(a => a.Host).ToHashSet(StringComparer.Ordinal);
        return alerts.Where(a => !RootCause.Of(a) || !down.Contains(a.Host));
    }
}
