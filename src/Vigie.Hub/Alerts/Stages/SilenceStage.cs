using Vigie.Hub.Alerts.Silences;

namespace Vigie.Hub.Alerts.Stages;

/// <summary>Silences that somebody has set.</summary>
sealed class SilenceStage(IReadOnlyList<Silence> silences) : IStage
{
    public IEnumerable<Alert> Pass(IEnumerable<Alert> alerts, StageRound round) =>
        alerts.Where(a => !silences.Any(s => s.Covers(a, round.Now)));
}
