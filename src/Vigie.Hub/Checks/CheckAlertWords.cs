using Vigie.Hub.Alerts;

namespace Vigie.Hub.Checks;

/// <summary>About an alert of a check: what the check says now.</summary>
sealed class CheckAlertWords(ReportedChecks reported) : IAlertWords
{
    public string Of(Alert alert) => alert.Labels["check"] is { Length: > 0 } name
        && reported.Of(alert.Host).FirstOrDefault(c => c.Name == name) is { } check ? $"{check.Text}\n{check.Details}".Trim() : "";
}
