namespace Vigie.Hub.Alerts.Channels;

sealed record TeamsOptions : SecretUrlOptions;

/// <summary>
/// Microsoft Teams, by the Workflows app, which takes an adaptive card of up to 28 KB (JSON's escapes may double a text). Runs of
/// text know no Markdown, so nothing in them means anything.
/// </summary>
[ChannelKind("teams", "Microsoft Teams, by the address of a workflow that posts when a webhook request is received.")]
sealed class TeamsChannel(TeamsOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostTitle = 1000, MostText = 12_000;

    public override string Target => SecretText.Host(options.Url, options.UrlFile);

    protected override HttpCall Call(Message message)
    {
        string colour = message.Facts.Status == MessageStatus.Resolved ? "Good" : message.Facts.IsCritical ? "Attention" : "Warning";
        string title = ChatText.Line(message.Subject, MostTitle, bytes: true);
        string text = ChatText.Fit(message.Text.Trim(), MostText, bytes: true);
        var card = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["msteams"] = new { width = "Full" },
            ["body"] = new object[]
            {
                Text([new { type = "TextRun", text = title, weight = "Bolder", size = "Medium", color = colour }]),
                Text([new { type = "TextRun", text, fontType = "Monospace" }]),
            },
        };
        if (message.Facts.Url.Length > 0)
            card["actions"] = new[] { new { type = "Action.OpenUrl", title = "Vigie", url = message.Facts.Url } };
        return HttpCall.Json(SecretText.Url(options.Url, options.UrlFile), new
        {
            type = "message",
            attachments = new[] { new { contentType = "application/vnd.microsoft.card.adaptive", content = card } },
        });
    }

    static object Text(object[] inlines) => new { type = "RichTextBlock", inlines };
}
