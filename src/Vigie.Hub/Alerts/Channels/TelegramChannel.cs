using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record TelegramOptions : ChannelOptions
{
    [Description("Token of the bot, as BotFather has told it. Better in a file of its own: TokenFile."), Secret, Required]
    public string Token { get; init; } = "";

    [Description("File that holds the token in its first line.")]
    public string TokenFile { get; init; } = "";

    [Description("The chat: its number, or @name of a public channel."), Required]
    public string Chat { get; init; } = "";

    [Description("Number of the topic in a group that has topics; empty means the general one.")]
    public string Topic { get; init; } = "";

    [Description("Address of the bots' API.")]
    public string Url { get; init; } = "https://api.telegram.org";

    public override IEnumerable<string> Errors()
    {
        if (!IsHttp(Url))
            yield return $"Url is \"{Url}\"; write an address such as https://api.telegram.org";
        if (Topic.Length > 0 && !Topic.All(char.IsAsciiDigit))
            yield return $"Topic is \"{Topic}\"; write its number";
    }
}

/// <summary>Telegram, by a bot. A message holds 4096 characters; the token is part of the address.</summary>
[ChannelKind("telegram", "Telegram, by a bot.")]
sealed class TelegramChannel(TelegramOptions options, HttpSender http) : HttpChannel(options, http)
{
    const int MostTitle = 500, MostText = 3400;

    public override string Target => $"{new Uri(options.Url).Authority} ({options.Chat})";

    protected override HttpCall Call(Message message)
    {
        string token = SecretText.Of(options.Token, options.TokenFile);
        string title = ChatText.Line(message.Subject, MostTitle, ChatText.Html);
        string text = ChatText.Fit(message.Text.Trim(), MostText, ChatText.Html);
        return HttpCall.Json(Below(options.Url, $"/bot{Uri.EscapeDataString(token)}/sendMessage"), new
        {
            chat_id = options.Chat,
            message_thread_id = long.TryParse(options.Topic, out long topic) ? topic : (long?)null,
            text = $"<b>{title}</b>\n<pre>{text}</pre>\n{ChatText.Line(message.Facts.Url, 150, ChatText.Html)}",
            parse_mode = "HTML",
            link_preview_options = new { is_disabled = true },
        }, token) with
        { IsTaken = Has("ok") };
    }
}
