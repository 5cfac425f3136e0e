using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Alerts.Silences;

namespace Vigie.Hub.Alerts.Stages;

/// <summary>Silences that somebody has set.</summary>
sealed class SilenceStage(IReadOnlyList<Silence> silences, PolicySet policies) : IStage
{
    public IEnumerable<Alert> Pass(IEnumerable<Alert> alerts, StageRound round) =>
        silences.Count == 0 ? alerts : alerts.Where(a => policies.TagsOf(a.Host) is var tags && !silences.Any(s => s.Covers(a, tags, round.Now)));
}
