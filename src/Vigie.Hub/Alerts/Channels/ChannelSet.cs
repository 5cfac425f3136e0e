using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>A channel as it is configured.</summary>
sealed record NamedChannel(string Name, ChannelKind Kind, ChannelOptions Options, IChannel Channel);

/// <summary>The channels of the hub: the section Mail, and those of the section Channels.</summary>
sealed class ChannelSet(HubOptions options, IServiceProvider services)
{
    public const string Mail = "mail";

    public IReadOnlyList<NamedChannel> All { get; } = [.. Options(options).Select(o =>
    {
        var kind = ChannelKind.Of(o.Value);
        return new NamedChannel(o.Key, kind, o.Value, (IChannel)ActivatorUtilities.CreateInstance(services, kind.Channel, o.Value));
    })];

    public IReadOnlyList<string> Configured => [.. All.Select(c => c.Name)];

    public NamedChannel? Find(string name) => All.FirstOrDefault(c => c.Name == name);

    /// <summary>The channels' settings by their names; mail is one when it has a server and a receiver.</summary>
    public static IEnumerable<KeyValuePair<string, ChannelOptions>> Options(HubOptions options) =>
        options.Mail.Host.Length > 0 && options.Mail.To.Count > 0
            ? options.Channels.Prepend(KeyValuePair.Create(Mail, (ChannelOptions)options.Mail))
            : options.Channels;
}
