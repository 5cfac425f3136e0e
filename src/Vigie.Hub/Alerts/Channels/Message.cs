using Vigie.Core.Metrics;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>A message as people read it, whatever the channel, and as programs do: <see cref="Facts"/>.</summary>
/// <param name="ThreadId">Same for an alert and its recovery.</param>
/// <param name="MessageId">Same for each try of one message, so that a receiver can drop a second copy.</param>
sealed record Message(string Subject, string Text, string Html, byte[]? Picture, string PictureName, string MessageId, string? ThreadId)
{
    public Facts Facts { get; init; } = Facts.None;

    /// <summary>What a receiver opens, updates and closes one incident by.</summary>
    public string Key => ThreadId ?? MessageId;

    /// <summary>The same message with a line above it, such as why it comes by another way.</summary>
    public Message WithNote(string note)
    {
        int body = Html.IndexOf("<body", StringComparison.OrdinalIgnoreCase);
        int at = body < 0 ? 0 : Html.IndexOf('>', body) + 1;
        return this with
        {
            Text = note + "\n\n" + Text,
            Html = Html.Insert(at, $"<p>{System.Net.WebUtility.HtmlEncode(note)}</p>\n"),
        };
    }
}

enum MessageStatus
{
    Firing,
    Resolved,

    /// <summary>News that does not end, such as a security advisory.</summary>
    Notice,
}

/// <summary>What a message tells, for programs. An incident has several alerts, a notice has none.</summary>
/// <param name="Severity">The worst of its alerts: <c>warning</c> or <c>critical</c>.</param>
/// <param name="Url">The page that shows it.</param>
sealed record Facts(MessageStatus Status, string Severity, string Url, IReadOnlyList<AlertFacts> Alerts)
{
    public static Facts None { get; } = new(MessageStatus.Notice, Hub.Alerts.Severity.Warning, "", []);

    /// <summary>The alert by which one-line receivers are told; null for a notice.</summary>
    public AlertFacts? First => Alerts.Count > 0 ? Alerts[0] : null;

    public string StatusText => Status.ToString().ToLowerInvariant();

    /// <summary>Red, amber, green or blue, as pages and mails have it.</summary>
    public int Colour => Status == MessageStatus.Resolved ? 0x1a7f37
        : Severity == Hub.Alerts.Severity.Critical ? 0xd1242f
        : Status == MessageStatus.Notice ? 0x2f6feb : 0xb7791f;

    /// <summary>Whether somebody is to be woken. News is not.</summary>
    public bool IsCritical => Status == MessageStatus.Firing && Severity == Hub.Alerts.Severity.Critical;
}

/// <summary>One alert. Texts are in the hub's language; the host's name and the labels come from outside.</summary>
sealed record AlertFacts(MessageStatus Status, string Rule, string Title, string Severity, Labels Labels, double Value, string ValueText,
    double? Threshold, string ThresholdText, DateTimeOffset Since, DateTimeOffset? Ended, string Url, string Details)
{
    public string Host => Labels["host"];
}
