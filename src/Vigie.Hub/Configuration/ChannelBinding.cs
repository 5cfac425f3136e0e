using System.Text.RegularExpressions;
using Vigie.Hub.Alerts.Channels;

namespace Vigie.Hub.Configuration;

/// <summary>The section Channels of the settings: which names it holds, and of which kind each is.</summary>
sealed partial class ChannelBinding
{
    public const string Section = "Channels";

    readonly Dictionary<string, ChannelKind?> _kinds = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="inFile">The keys of config.json: a name is spelled as there, whatever a variable makes of it.</param>
    public ChannelBinding(IConfiguration configuration, IEnumerable<string> inFile)
    {
        var spelled = inFile.Select(key => key.Split(':'))
            .Where(parts => parts.Length == 2 && parts[0].Equals(Section, StringComparison.OrdinalIgnoreCase))
            .Select(parts => parts[1]).ToList();
        foreach (var channel in configuration.GetSection(Section).GetChildren().Where(c => c.GetChildren().Any()))
        {
            string name = spelled.Find(n => n.Equals(channel.Key, StringComparison.OrdinalIgnoreCase)) ?? channel.Key;
            _kinds[name] = ChannelKind.Find(channel["Kind"]);
        }
    }

    /// <summary>The settings of every channel whose kind is known, by whole keys.</summary>
    public IEnumerable<Setting> Settings => _kinds.Where(k => k.Value is not null)
        .SelectMany(k => Setting.All(k.Value!.Options, $"{Section}:{k.Key}:"));

    /// <summary>Keys that stand for no setting and are right all the same: a name, its kind, whatever belongs to an unknown kind.</summary>
    public bool Holds(string key)
    {
        string[] parts = key.Split(':');
        return parts is [var section, var name, ..] && section.Equals(Section, StringComparison.OrdinalIgnoreCase)
            && (parts.Length == 2
                || parts.Length == 3 && parts[2].Equals("Kind", StringComparison.OrdinalIgnoreCase)
                || _kinds.GetValueOrDefault(name) is null);
    }

    /// <param name="bind">Makes a record of a type out of the settings below a prefix.</param>
    public Dictionary<string, ChannelOptions> Bind(IConfiguration configuration, Func<Type, string, object> bind, List<string> errors,
        Func<string, string> where)
    {
        var channels = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal);
        foreach (var (name, kind) in _kinds)
        {
            string key = $"{Section}:{name}";
            if (!Name().IsMatch(name) || name == ChannelSet.Mail)
                errors.Add($"{where(key)} can't be a channel's name; take another one of up to 40 letters, digits, dashes and underlines"
                    + (name == ChannelSet.Mail ? $" (\"{name}\" is the section Mail)" : ""));
            else if (kind is not null)
                channels[name] = (ChannelOptions)bind(kind.Options, key + ':');
            else
                errors.Add(configuration[key + ":Kind"] is { } text
                    ? $"{where(key + ":Kind")} is \"{text}\"; choose one of {string.Join(", ", ChannelKind.Names)}"
                    : $"{where(key)} has no Kind; write one of {string.Join(", ", ChannelKind.Names)}");
        }
        return channels;
    }

    /// <summary>What is wrong with channels whose settings can be read, each with its remedy.</summary>
    public static IEnumerable<string> Errors(HubOptions options)
    {
        foreach (var (name, channel) in options.Channels.Prepend(new(ChannelSet.Mail, options.Mail)))
        {
            string section = name == ChannelSet.Mail ? "Mail" : $"{Section}:{name}";
            bool isUsed = name != ChannelSet.Mail; // the section Mail is always there
            foreach (var setting in Setting.Of(channel.GetType()))
            {
                string value = setting.Property.GetValue(channel) as string ?? "";
                string file = setting.IsSecret ? (string)channel.GetType().GetProperty(setting.Key + "File")!.GetValue(channel)! : "";
                if (value.Length > 0 && file.Length > 0)
                    yield return $"{section}:{setting.Key} and {section}:{setting.Key}File are both set; keep one of them";
                else if (file.Length > 0 && !File.Exists(file))
                    yield return $"{section}:{setting.Key}File is \"{file}\", which does not exist; create it or empty the setting";
                else if (isUsed && setting.IsRequired && file.Length == 0 && IsEmpty(setting.Property.GetValue(channel)))
                    yield return $"{section}:{setting.Key} is missing; a channel of kind {ChannelKind.Of(channel).Name} needs it"
                        + (setting.IsSecret ? $", or {setting.Key}File" : "");
            }
            foreach (string error in channel.Errors())
                yield return $"{section}:{error}";
            if (channel.Fallback.Length > 0 && (channel.Fallback == name || ChannelSet.Options(options).All(o => o.Key != channel.Fallback)))
                yield return $"{section}:Fallback is \"{channel.Fallback}\", which is no other channel; "
                    + $"the channels are {string.Join(", ", ChannelSet.Options(options).Select(o => o.Key))}";
        }
    }

    static bool IsEmpty(object? value) => value is "" or IReadOnlyList<string> { Count: 0 };

    [GeneratedRegex(ConfigLoader.ChannelName, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
