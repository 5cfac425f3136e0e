using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Alerts.Silences;

namespace Vigie.Hub.Alerts.Stages;

/// <summary>The stages in their order.</summary>
sealed class AlertPipeline(SilenceStore silences, PolicySet policies)
{
    public IReadOnlyList<Alert> Pass(IEnumerable<Alert> alerts, StageRound round)
    {
        IStage[] stages =
        [
            new RootCauseStage(),
            new SilenceStage(silences.Standing(), policies),
            new WindowStage(policies),
        ];
        return [.. stages.Aggregate(alerts, (passed, stage) => stage.Pass(passed, round))];
    }
}
