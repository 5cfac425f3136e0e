namespace Vigie.Hub.Alerts.Channels;

sealed record MattermostOptions : SecretUrlOptions;

/// <summary>Mattermost, by an incoming webhook. A post holds 16,383 characters of Markdown; mentions begin with an at sign.</summary>
[ChannelKind("mattermost", "Mattermost, by the address of an incoming webhook.")]
sealed class MattermostChannel(MattermostOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostTitle = 1000, MostText = 12_000;

    public override string Target => SecretText.Host(options.Url, options.UrlFile);

    protected override HttpCall Call(Message message) => HttpCall.Json(SecretText.Url(options.Url, options.UrlFile), new
    {
        attachments = new[]
        {
            new
            {
                fallback = ChatText.Line(message.Subject, MostTitle, ChatText.Markdown),
                color = $"#{message.Facts.Colour:x6}",
                title = ChatText.Line(message.Subject, MostTitle, ChatText.Markdown),
                title_link = message.Facts.Url,
                text = $"```\n{ChatText.Fit(message.Text.Trim(), MostText, ChatText.Code)}\n```",
            },
        },
    }) with
    { IsTaken = answer => answer.Trim() == "ok" };
}
