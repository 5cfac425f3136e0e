using Vigie.Hub.Alerts.Policies;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>A channel as it is configured.</summary>
sealed record NamedChannel(string Name, ChannelKind Kind, ChannelOptions Options, IChannel Channel);

/// <summary>The channels of the hub: the section Mail, those of the section Channels, and those of the policy in force.</summary>
sealed class ChannelSet
{
    public const string Mail = "mail";

    readonly PolicySet _policies;
    readonly IServiceProvider _services;
    volatile Snapshot _now;

    sealed record Snapshot(long Policy, IReadOnlyList<NamedChannel> All);

    public ChannelSet(HubOptions options, PolicySet policies, IServiceProvider services)
    {
        (_policies, _services) = (policies, services);
        Configured = [.. Options(options).Select(o => Create(o.Key, o.Value))];
        _now = new(0, Configured);
    }

    /// <summary>Those of config.json, which stay as they are while the hub runs.</summary>
    public IReadOnlyList<NamedChannel> Configured { get; }

    public IReadOnlyList<NamedChannel> All
    {
        get
        {
            long version = _policies.Version;
            if (_now.Policy != version)
                _now = new(version, [.. Configured, .. _policies.Current.Channels.Where(c => Configured.All(o => o.Name != c.Key))
                    .Select(c => Create(c.Key, c.Value))]);
            return _now.All;
        }
    }

    public IReadOnlyList<string> Names => [.. All.Select(c => c.Name)];

    public NamedChannel? Find(string name) => All.FirstOrDefault(c => c.Name == name);

    NamedChannel Create(string name, ChannelOptions options)
    {
        var kind = ChannelKind.Of(options);
        return new(name, kind, options, (IChannel)ActivatorUtilities.CreateInstance(_services, kind.Channel, options));
    }

    /// <summary>The channels' settings by their names; mail is one when it has a server and a receiver.</summary>
    public static IEnumerable<KeyValuePair<string, ChannelOptions>> Options(HubOptions options) =>
        options.Mail.Host.Length > 0 && options.Mail.To.Count > 0
            ? options.Channels.Prepend(KeyValuePair.Create(Mail, (ChannelOptions)options.Mail))
            : options.Channels;
}
