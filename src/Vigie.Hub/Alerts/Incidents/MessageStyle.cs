using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>How a message writes texts and times.</summary>
sealed record MessageStyle(Texts Texts, TimeZoneInfo Zone)
{
    public string Time(DateTimeOffset at) => Texts.DateTime(TimeZoneInfo.ConvertTime(at, Zone));
}

/// <summary>Which language a channel's people read.</summary>
sealed class MessageStyles(HubOptions options, ChannelSet channels)
{
    public MessageStyle Default { get; } = new(Texts.Of(options.Server.Language), Zones.Of(options.Server.TimeZone));

    public MessageStyle Of(string channel) => channels.Find(channel)?.Options.Language is { Length: > 0 } language
        ? Default with { Texts = Texts.Of(language) } : Default;
}
