using Vigie.PromQL.Parsing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Vigie.Hub.Alerts.Groups;

/// <summary>Writes rule groups in Prometheus' own file format, such that reading gives the same groups.</summary>
static class RuleFileWriter
{
    public static string Write(IEnumerable<RuleGroup> groups)
    {
        var all = new YamlSequenceNode(groups.Select(Group));
        if (all.Children.Count == 0)
            return "groups: []\n";
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, EmitterSettings.Default.WithIndentedSequences().WithBestWidth(int.MaxValue));
        new YamlStream(new YamlDocument(new YamlMappingNode("groups", all))).Save(emitter, assignAnchors: false);
        string written = text.ToString();
        return written.EndsWith("...\n", StringComparison.Ordinal) ? written[..^4] : written;
    }

    static YamlNode Group(RuleGroup group)
    {
        var node = new YamlMappingNode { { "name", Text(group.Name) } };
        Add(node, "interval", group.Interval);
        Add(node, "query_offset", group.Offset > TimeSpan.Zero ? group.Offset : null);
        if (group.Limit > 0)
            node.Add("limit", $"{group.Limit}");
        Add(node, "labels", group.Labels);
        node.Add("rules", new YamlSequenceNode(group.Rules.Select(Rule)));
        return node;
    }

    static YamlNode Rule(GroupRule rule)
    {
        var node = new YamlMappingNode
        {
            { rule.IsAlert ? "alert" : "record", Text(rule.Name) },
            { "expr", Text(rule.Expression) },
        };
        Add(node, "for", rule.For > TimeSpan.Zero ? rule.For : null);
        Add(node, "keep_firing_for", rule.KeepFiringFor > TimeSpan.Zero ? rule.KeepFiringFor : null);
        Add(node, "labels", rule.Labels);
        Add(node, "annotations", rule.Annotations);
        return node;
    }

    static void Add(YamlMappingNode node, string name, TimeSpan? duration)
    {
        if (duration is { } known)
            node.Add(name, Durations.Print((long)known.TotalMilliseconds));
    }

    static void Add(YamlMappingNode node, string name, IReadOnlyDictionary<string, string> texts)
    {
        if (texts.Count > 0)
            node.Add(name, new YamlMappingNode(texts.Select(t => KeyValuePair.Create<YamlNode, YamlNode>(Text(t.Key), Text(t.Value)))));
    }

    /// <summary>A text that YAML would take for a number, a truth value or nothing is put in quotes; one of several lines is a block.</summary>
    static YamlScalarNode Text(string text) => new(text)
    {
        Style = text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal
            : text.Length == 0 || !char.IsAsciiLetter(text[0]) || IsWord(text.ToLowerInvariant()) ? ScalarStyle.DoubleQuoted
            : ScalarStyle.Any,
    };

    static bool IsWord(string text) => text is "null" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n";
}
