namespace Vigie.Hub.Alerts.Channels;

sealed record DiscordOptions : SecretUrlOptions;

/// <summary>Discord, by a webhook. A text holds 2000 characters, a description 4096.</summary>
[ChannelKind("discord", "Discord, by the address of a channel's webhook.")]
sealed class DiscordChannel(DiscordOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostContent = 2000, MostText = 3000;

    public override string Target => SecretText.Host(options.Url, options.UrlFile);

    protected override HttpCall Call(Message message) => HttpCall.Json(SecretText.Url(options.Url, options.UrlFile), new
    {
        content = ChatText.Line(message.Subject, MostContent, ChatText.Markdown),
        allowed_mentions = new { parse = Array.Empty<string>() }, // whatever the text says, nobody is called by it
        embeds = new[]
        {
            new
            {
                title = "Vigie",
                url = message.Facts.Url.Length > 0 ? message.Facts.Url : null,
                description = $"```\n{ChatText.Fit(message.Text.Trim(), MostText, ChatText.Code)}\n```",
                color = message.Facts.Colour,
            },
        },
    });
}
