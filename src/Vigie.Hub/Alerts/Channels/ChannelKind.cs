using System.Reflection;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>A kind of channel: each is one file of this folder. Found, not listed.</summary>
sealed record ChannelKind(string Name, string Help, Type Channel, Type Options)
{
    public static IReadOnlyList<ChannelKind> All { get; } =
    [
        .. typeof(ChannelKind).Assembly.GetTypes()
            .Select(t => (Type: t, Kind: t.GetCustomAttribute<ChannelKindAttribute>()))
            .Where(t => t.Kind is not null)
            .Select(t => new ChannelKind(t.Kind!.Name, t.Kind.Help, t.Type, OptionsOf(t.Type)))
            .OrderBy(k => k.Name, StringComparer.Ordinal),
    ];

    public static IEnumerable<string> Names => All.Select(k => k.Name);

    public static ChannelKind? Find(string? name) => All.FirstOrDefault(k => k.Name == name);

    public static ChannelKind Of(ChannelOptions options) => All.First(k => k.Options == options.GetType());

    static Type OptionsOf(Type channel) => channel.GetConstructors().Single().GetParameters()
        .Select(p => p.ParameterType).Single(t => t.IsAssignableTo(typeof(ChannelOptions)));
}
