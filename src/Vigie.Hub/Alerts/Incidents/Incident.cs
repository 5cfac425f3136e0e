namespace Vigie.Hub.Alerts.Incidents;

/// <summary>Alerts with one cause, told as one message.</summary>
/// <param name="Scope">What its alerts have in common; see <see cref="IncidentScope"/>.</param>
/// <param name="Severity">The worst that people were told of.</param>
/// <param name="JoinedMs">When an alert last joined.</param>
/// <param name="ToldMs">When the last message about it was put into the outbox.</param>
/// <param name="Messages">How many were put; they are numbered by it.</param>
/// <param name="NewsMs">When the first alert joined that no message tells of yet; null when there is none.</param>
/// <param name="QuietMs">Since when all of its alerts are over; null while one fires.</param>
sealed record Incident(long Id, string Scope, string Severity, long OpenedMs, long JoinedMs, long ToldMs, int Messages, long? NewsMs, long? QuietMs,
    long? EndedMs)
{
    public Acknowledgement? Acknowledged { get; init; }

    /// <summary>How many steps of escalation were taken.</summary>
    public int Steps { get; init; }

    public DateTimeOffset Opened => DateTimeOffset.FromUnixTimeMilliseconds(OpenedMs);

    public DateTimeOffset? Ended => EndedMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>What all of its mails are answers to, and what services know it by. Another hub counts from one, too.</summary>
    public string Thread => $"incident-{Id}-{OpenedMs}@vigie";

    public bool IsAcknowledged(DateTimeOffset now) => Acknowledged is { } done && (done.Until is null || now < done.Until);
}

/// <summary>Somebody knows of an incident.</summary>
/// <param name="Until">When people are reminded again; null for not at all.</param>
sealed record Acknowledgement(DateTimeOffset At, string By, string Note, DateTimeOffset? Until);

/// <summary>The names are persisted in lower case.</summary>
enum IncidentEventKind { Opened, Joined, Told, Acknowledged, Withdrawn, Noted, Escalated, Flapping, Ended }

/// <summary>What has happened to an incident, or what somebody did.</summary>
/// <param name="By">Who; empty for the hub.</param>
sealed record IncidentEvent(DateTimeOffset At, IncidentEventKind Kind, string By, string Text);

/// <summary>What the alerts of an incident have in common, as the text that is stored.</summary>
static class IncidentScope
{
    /// <summary>Servers that do not report, whatever the rule that noticed it.</summary>
    public const string Down = "down";

    const string Host = "host:", Rule = "rule:";

    public static string OfHost(string host) => Host + host;

    /// <summary>One rule on many hosts, or on none.</summary>
    public static string OfRule(Alert alert) => RootCause.Is(alert.Rule) ? Down : Rule + alert.Rule;

    /// <summary>The host that it is about; null when it is about several, or about none.</summary>
    public static string? HostOf(string scope) => scope.StartsWith(Host, StringComparison.Ordinal) ? scope[Host.Length..] : null;
}
