namespace Vigie.Hub.Alerts.Channels;

sealed record SlackOptions : SecretUrlOptions;

/// <summary>Slack, by an incoming webhook. Its sections hold 3000 characters; a mention or link needs a less-than sign.</summary>
[ChannelKind("slack", "Slack, by the address of an incoming webhook.")]
sealed class SlackChannel(SlackOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostTitle = 1000, MostText = 2900;

    public override string Target => SecretText.Host(options.Url, options.UrlFile);

    protected override HttpCall Call(Message message)
    {
        string title = ChatText.Line(message.Subject, MostTitle, ChatText.Slack);
        string linked = message.Facts.Url.Length > 0 ? $"<{message.Facts.Url.Replace('|', '!').Replace('>', '!')}|{title}>" : title;
        string text = ChatText.Fit(message.Text.Trim(), MostText, ChatText.Slack);
        return HttpCall.Json(SecretText.Url(options.Url, options.UrlFile), new
        {
            text = $"*{linked}*", // this is also what a phone shows before it is opened
            attachments = new[] { new { color = $"#{message.Facts.Colour:x6}", blocks = new[] { Section($"```{text}```") } } },
        }) with
        { IsTaken = answer => answer.Trim() == "ok" };
    }

    static object Section(string text) => new { type = "section", text = new { type = "mrkdwn", text, verbatim = true } };
}
