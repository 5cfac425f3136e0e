using Vigie.Hub.Alerts;

namespace Vigie.Hub.Heartbeats;

/// <summary>About an alert of a job: what the job told when it ended last.</summary>
sealed class JobAlertWords(HeartbeatStore store) : IAlertWords
{
    public string Of(Alert alert) => alert.Rule.StartsWith("job-", StringComparison.Ordinal)
        && store.OfHost(alert.Host).FirstOrDefault(j => j.Job == alert.Labels["job"]) is { } job ? job.Text : "";
}
