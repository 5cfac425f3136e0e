using System.Collections;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Alerts.Groups;
using Vigie.Hub.Configuration;
using YamlDotNet.RepresentationModel;

namespace Vigie.Hub.Alerts.Policies;

/// <summary>Reads the channels of a policy. Their kinds and settings are those of the section Channels in config.json, and so are the messages.</summary>
static class ChannelReader
{
    const string Fallback = "Fallback";

    /// <param name="lenient">Whether a channel with a mistake is left out instead of told of: of a policy that was applied, whose files may have
    /// gone since.</param>
    public static IReadOnlyDictionary<string, ChannelOptions> Read(YamlFields root, RuleErrors errors, bool lenient)
    {
        var channels = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal);
        foreach (var (name, node) in root.Mapping("channels"))
        {
            var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            var wrong = Flatten(node, $"{ChannelBinding.Section}:{name}", values).ToList();
            string fallbackKey = $"{ChannelBinding.Section}:{name}:{Fallback}";
            values.Remove(fallbackKey, out string? fallback); // whether there is such a channel is not known here
            if (wrong.Count == 0)
                wrong.AddRange(Unknown(name, values));
            try
            {
                if (wrong.Count == 0 && ConfigLoader.Load("", values, new Hashtable()).Channels.TryGetValue(name, out var options))
                    channels[name] = options with { Fallback = fallback ?? "" };
            }
            catch (ConfigException e)
            {
                wrong.AddRange(e.Errors.Select(error => error.Replace(" (command line)", "", StringComparison.Ordinal)));
            }
            foreach (string error in lenient ? [] : wrong)
                errors.Add(node, error);
        }
        return channels;
    }

    static IEnumerable<string> Unknown(string name, Dictionary<string, string?> values)
    {
        if (ChannelKind.Find(values.GetValueOrDefault($"{ChannelBinding.Section}:{name}:Kind")) is not { } kind)
            yield break; // the loader says so
        string[] known = ["Kind", Fallback, .. Setting.All(kind.Options, "").Select(s => s.Key)];
        foreach (string key in values.Keys.Select(k => k.Split(':')[2]).Where(k => !known.Contains(k, StringComparer.OrdinalIgnoreCase)))
            yield return $"a channel of kind {kind.Name} has no setting \"{key}\"; `vigie channel kinds` lists them";
    }

    static IEnumerable<string> Flatten(YamlNode node, string key, Dictionary<string, string?> values)
    {
        switch (node)
        {
            case YamlScalarNode scalar when key.Split(':').Length > 2:
                values[key] = scalar.Value;
                break;
            case YamlSequenceNode list:
                foreach (string error in list.Children.SelectMany((child, i) => Flatten(child, $"{key}:{i}", values)))
                    yield return error;
                break;
            case YamlMappingNode mapping:
                foreach (string error in mapping.Children.SelectMany(child => Flatten(child.Value, $"{key}:{child.Key}", values)))
                    yield return error;
                break;
            default:
                yield return "a channel is a mapping of its kind and settings: ops: {kind: slack, urlFile: /etc/vigie/slack}";
                break;
        }
    }
}
