using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Incidents;

sealed record IncidentOptions
{
    [Description("How long a warning waits for others with the same cause, so that they are one message."), Between("0s", "1h")]
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(30);

    [Description("The same for a critical alert."), Between("0s", "1h")]
    public TimeSpan WaitCritical { get; init; } = TimeSpan.FromSeconds(5);

    [Description("How long after a message the next one tells of alerts that have joined. What is worse is told at once."), Between("0s", "1d")]
    public TimeSpan UpdateEvery { get; init; } = TimeSpan.FromMinutes(5);

    [Description("How often an incident is told again until somebody acknowledges it; 0s for never."), Between("0s", "30d")]
    public TimeSpan RepeatEvery { get; init; } = TimeSpan.FromHours(4);

    [Description("The same while something of it is critical."), Between("0s", "30d")]
    public TimeSpan RepeatCriticalEvery { get; init; } = TimeSpan.FromHours(1);

    [Description("How long after its last newcomer an incident still takes in other alerts of its host, or of its rule."), Between("0s", "30d")]
    public TimeSpan JoinWithin { get; init; } = TimeSpan.FromHours(1);

    [Description("How long an incident whose alerts come and go must be quiet before it is over."), Between("0s", "1d")]
    public TimeSpan QuietAfterFlapping { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan WaitOf(string severity) => severity == Severity.Critical ? WaitCritical : Wait;

    public TimeSpan RepeatOf(string severity) => severity == Severity.Critical ? RepeatCriticalEvery : RepeatEvery;
}
