using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Configuration;
using Vigie.Hub.Hosts;

namespace Vigie.Hub.Alerts.Watchdog;

/// <summary>
/// Now and then a message by every channel that only proves that it works: who does not get it knows before an alert is lost.
/// It goes the way of every message, through the outbox.
/// </summary>
sealed class SelfTest(HubOptions options, OutboxStore outbox, ChannelSet channels, TimeProvider time)
{
    /// <summary>Puts the messages when they are due. Returns whether they were.</summary>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (channels.All.Count == 0 || outbox.Last(NotificationKind.SelfTest) is { } last && now - last < options.Watchdog.SelfTestEvery)
            return false;
        await outbox.PutAsync(NotificationKind.SelfTest, now.ToString("yyyy-MM-ddTHH:mm:ssZ"), channels.Names, now, ct);
        return true;
    }
}

/// <summary>Writes the message of a self-test.</summary>
sealed class SelfTestComposer(HubOptions options, HostDirectory hosts, AlertStore alerts, MessageStyles styles) : IComposer
{
    public IReadOnlyList<NotificationKind> Kinds { get; } = [NotificationKind.SelfTest];

    public Task<Message?> ComposeAsync(Notification notification, CancellationToken ct)
    {
        var texts = styles.Of(notification.Channel).Texts;
        string title = texts["Vigie works, and so does this channel"];
        var every = options.Watchdog.SelfTestEvery;
        string next = every > TimeSpan.Zero
            ? texts.Format("The next message of this kind is due in {0}. If it does not come, look after Vigie.", texts.Duration(every))
            : "";
        string text = string.Join('\n', new[]
        {
            title, "",
            texts.Format("Hosts: {0}", hosts.All.Count),
            texts.Format("Alerts that fire: {0}", alerts.Open().Count(a => a.State == AlertState.Firing)),
            next, options.PublicUrl() + "/",
        }.Where((line, i) => line.Length > 0 || i == 1));
        string html = $"<!doctype html><html lang=\"{texts.Language}\"><body><p>"
            + $"{System.Net.WebUtility.HtmlEncode(text).Replace("\n", "<br>\n", StringComparison.Ordinal)}</p></body></html>";
        string id = $"selftest-{string.Concat(notification.Reference.Where(char.IsAsciiLetterOrDigit))}-{notification.Channel}@vigie";
        return Task.FromResult<Message?>(new($"[Vigie] {title}", text, html, null, "", id, null)
        {
            Facts = new(MessageStatus.Notice, Severity.Warning, options.PublicUrl() + "/", []),
        });
    }
}
