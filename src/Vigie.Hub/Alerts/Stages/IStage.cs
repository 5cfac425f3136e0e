namespace Vigie.Hub.Alerts.Stages;

/// <summary>What stands between an alert that fires and the people: each stage lets some pass and holds back the others.</summary>
interface IStage
{
    /// <summary>Those that may be told. What is held back comes again in the next round.</summary>
    IEnumerable<Alert> Pass(IEnumerable<Alert> alerts, StageRound round);
}

/// <summary>What the stages know of a round.</summary>
/// <param name="Firing">All alerts that fire, told or not, by rule.</param>
sealed record StageRound(DateTimeOffset Now, ILookup<string, Alert> Firing);
