using Vigie.Hub.Alerts.Policies;

namespace Vigie.Hub.Alerts.Silences;

/// <summary>A time in which certain alerts tell nobody: work is being done, or somebody knows already.</summary>
/// <param name="Host">Which hosts, with <c>*</c> for any text, or <c>tag:NAME</c>.</param>
/// <param name="Rule">Which rules, the same way.</param>
/// <param name="By">Who has set it.</param>
/// <param name="Ended">When somebody ended it before its time.</param>
sealed record Silence(long Id, string Host, string Rule, DateTimeOffset From, DateTimeOffset Until, string By, string Note, DateTimeOffset? Ended)
{
    public DateTimeOffset Over => Ended < Until ? Ended.Value : Until;

    public bool IsInForce(DateTimeOffset at) => From <= at && at < Over;

    public bool Covers(Alert alert, IReadOnlyCollection<string> tags, DateTimeOffset at) =>
        IsInForce(at) && AlertMatch.IsHost(Host, alert.Host, tags) && AlertMatch.Glob(Rule, alert.Rule);
}
