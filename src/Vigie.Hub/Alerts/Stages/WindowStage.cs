using Vigie.Hub.Alerts.Policies;

namespace Vigie.Hub.Alerts.Stages;

/// <summary>Maintenance windows of the policy.</summary>
sealed class WindowStage(PolicySet policies) : IStage
{
    public IEnumerable<Alert> Pass(IEnumerable<Alert> alerts, StageRound round) => alerts.Where(a => !policies.WindowsOver(a, round.Now).Any());
}
