using Vigie.Hub.Alerts.Groups;
using YamlDotNet.RepresentationModel;

namespace Vigie.Hub.Alerts.Policies;

/// <summary>Reads a policy; docs/policy.md describes it. Nothing is taken of a file in which anything is wrong.</summary>
/// <param name="zone">The time zone of what names none.</param>
sealed class PolicyFile(string zone)
{
    static readonly string[] Sections = ["tags", "off", "rules", "routes", "windows", "quiet", "rotas", "channels"];

    static readonly string[] MatchKeys = ["hosts", "rules", "severity"];

    /// <param name="name">Of the file, for the messages.</param>
    /// <param name="channels">The channels that there are; null when that can't be known, and then every name is taken.</param>
    /// <exception cref="RuleFileException">What is wrong, with lines.</exception>
    public Policy Parse(string text, string name, IReadOnlyCollection<string>? channels)
    {
        var documents = RuleFile.Documents(text, name);
        if (documents.Count == 0)
            return Policy.None;
        var errors = new RuleErrors(name);
        if (documents.Count > 1)
            errors.Add(documents[1].RootNode, "a policy is one document; remove the line --- before this");
        var root = new YamlFields(documents[0].RootNode, "a policy", errors, Sections);
        var quiet = Named(root, "quiet", errors, (key, node) =>
            (key, Schedule: ScheduleReader.Read(node, new(node, "a quiet time", errors, ["name", .. ScheduleReader.Keys]), errors, zone)));
        var rotas = Named(root, "rotas", errors, (key, node) => Rota(key, node, errors));
        var own = ChannelReader.Read(root, errors, lenient: channels is null);
        foreach (string channel in own.Keys.Where(n => channels?.Contains(n) == true))
            errors.Add(root.Place("channels"), $"the channel \"{channel}\" stands in config.json already; take another name");
        string[] direct = [.. channels ?? [], .. own.Keys];
        foreach (var (channel, options) in own.Where(o => channels is not null && o.Value.Fallback.Length > 0))
            if (options.Fallback == channel || !direct.Contains(options.Fallback, StringComparer.Ordinal))
                errors.Add(root.Place("channels"), $"the fallback of {channel} is \"{options.Fallback}\", which is no other channel");
        string[] known = [.. direct, .. rotas.Select(r => "rota:" + r.Name)];
        var policy = new Policy
        {
            Tags = root.Mapping("tags").ToDictionary(t => t.Name, t => Patterns(t.Node, errors), StringComparer.Ordinal),
            Off = [.. root.Names("off").Where(rule => IsBuiltIn(rule, root.Place("off"), errors))],
            Rules = [.. Named(root, "rules", errors, (key, node) => SimpleRule.Read(key, node, errors)).SelectMany(r => r)],
            Routes = Named(root, "routes", errors, (key, node) => Route(key, node, errors, channels is null ? null : known,
                quiet.ToDictionary(q => q.key, q => q.Schedule, StringComparer.Ordinal))),
            Windows = Named(root, "windows", errors, (key, node) => Window(key, node, errors)),
            Rotas = rotas,
            Channels = own,
            Items = Items(documents[0].RootNode),
        };
        foreach (var rota in rotas)
            Check(rota.Members, root.Place("rotas"), errors, channels is null ? null : direct);
        errors.ThrowIfAny();
        return policy;
    }

    /// <summary>The items of a list that each have a name of their own.</summary>
    static IReadOnlyList<T> Named<T>(YamlFields root, string section, RuleErrors errors, Func<string, YamlNode, T?> read)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var items = new List<T>();
        foreach (var node in root.Sequence(section))
        {
            string name = NameOf(node) ?? "";
            if (name.Length == 0)
                errors.Add(node, "name is missing");
            else if (!names.Add(name))
                errors.Add(node, $"{section} has \"{name}\" twice");
            if (read(name, node) is { } item)
                items.Add(item);
        }
        return items;
    }

    static string? NameOf(YamlNode node) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue("name", out var name) && name is YamlScalarNode scalar ? scalar.Value : null;

    Window? Window(string name, YamlNode node, RuleErrors errors)
    {
        var fields = new YamlFields(node, "a window", errors, ["name", "note", .. MatchKeys, .. ScheduleReader.Keys]);
        string times = ((string[])["daily", "weekly", "cron", "from"]).Select(fields.Text).FirstOrDefault(t => t is { Length: > 0 }) ?? "";
        return ScheduleReader.Read(node, fields, errors, zone) is { } schedule
            ? new(name, Match(fields, errors), schedule, times, fields.Text("note") ?? "") : null;
    }

    static Route? Route(string name, YamlNode node, RuleErrors errors, IReadOnlyCollection<string>? known, Dictionary<string, Schedule?> quiet)
    {
        var fields = new YamlFields(node, "a route", errors, ["name", "channels", "escalate", "quiet", "continue", .. MatchKeys]);
        var channels = Check(fields.Names("channels"), fields.Place("channels"), errors, known);
        Schedule? times = null;
        if (fields.Text("quiet") is { Length: > 0 } span && !quiet.TryGetValue(span, out times))
            errors.Add(fields.Place("quiet"), $"there is no quiet time \"{span}\"; the section quiet names them");
        var steps = new List<EscalationStep>();
        foreach (var step in fields.Sequence("escalate"))
        {
            var of = new YamlFields(step, "a step of escalation", errors, "after", "channels");
            if (of.Duration("after") is { } after && after > TimeSpan.Zero)
                steps.Add(new(after, Check(of.Names("channels"), of.Place("channels"), errors, known)));
            else
                errors.Add(step, "a step of escalation needs after, such as 15m");
        }
        return new(name, Match(fields, errors), channels, [.. steps.OrderBy(s => s.After)], times, fields.Flag("continue"));
    }

    Rota? Rota(string name, YamlNode node, RuleErrors errors)
    {
        var fields = new YamlFields(node, "a rota", errors, "name", "members", "starts", "every", "timezone");
        var members = fields.Names("members");
        if (members.Count == 0)
            errors.Add(node, "members is missing: the channels that take turns");
        var every = fields.Duration("every") ?? TimeSpan.FromDays(7);
        if (every < TimeSpan.FromHours(1))
            errors.Add(fields.Place("every"), "a turn lasts at least an hour, such as 7d");
        DateTime starts = default;
        try
        {
            starts = ScheduleReader.Moment(fields.Required("starts"));
        }
        catch (FormatException e)
        {
            errors.Add(fields.Place("starts"), $"starts: {e.Message}");
        }
        return ScheduleReader.Zone(fields, errors, zone) is { } zoneOf && members.Count > 0 ? new(name, members, starts, every, zoneOf) : null;
    }

    static AlertMatch Match(YamlFields fields, RuleErrors errors)
    {
        if (fields.Text("severity") is { Length: > 0 } severity && severity is not (Severity.Warning or Severity.Critical))
            errors.Add(fields.Place("severity"), $"severity is \"{severity}\"; write warning or critical");
        return new(fields.Names("hosts"), fields.Names("rules"), fields.Text("severity") is { Length: > 0 } one ? one : null);
    }

    static IReadOnlyList<string> Check(IReadOnlyList<string> channels, YamlNode place, RuleErrors errors, IReadOnlyCollection<string>? known)
    {
        if (channels.Count == 0)
            errors.Add(place, "channels is missing: the names of channels, or rota:NAME");
        foreach (string channel in channels.Where(c => known is not null && !known.Contains(c)))
            errors.Add(place, $"there is no channel \"{channel}\"; there {(known!.Count == 0 ? "is none: set Mail or Channels in config.json"
                : "are " + string.Join(", ", known.Order(StringComparer.Ordinal)))}");
        return channels;
    }

    static IReadOnlyList<string> Patterns(YamlNode node, RuleErrors errors)
    {
        if (YamlFields.TextsOf(node) is { } patterns && patterns is not [""])
            return patterns;
        errors.Add(node, "a tag has a list of hosts; * stands for any text");
        return [];
    }

    static bool IsBuiltIn(string rule, YamlNode place, RuleErrors errors)
    {
        if (DefaultRules.Names.Contains(rule, StringComparer.Ordinal))
            return true;
        errors.Add(place, $"there is no built-in rule \"{rule}\"; `vigie alerts --rules` lists them");
        return false;
    }

    static Dictionary<(string, string), string> Items(YamlNode root)
    {
        var items = new Dictionary<(string, string), string>();
        if (root is YamlMappingNode mapping)
            foreach (var (section, node) in mapping.Children)
            {
                if (node is YamlMappingNode named)
                    foreach (var (key, value) in named.Children)
                        items[($"{section}", $"{key}")] = $"{value}";
                else if (node is YamlSequenceNode list)
                    foreach (var item in list.Children)
                        items[($"{section}", NameOf(item) ?? $"{item}")] = $"{item}";
            }
        return items;
    }
}
