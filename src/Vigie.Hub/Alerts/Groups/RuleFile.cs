using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Vigie.Hub.Alerts.Groups;

/// <summary>Reads rule groups in Prometheus' own file format. Nothing is taken of a file in which anything is wrong.</summary>
static class RuleFile
{
    static readonly string[] GroupKeys = ["name", "interval", "query_offset", "limit", "labels", "rules"];

    /// <param name="name">Of the file, for the messages.</param>
    /// <exception cref="RuleFileException">What is wrong, with lines.</exception>
    public static IReadOnlyList<RuleGroup> Parse(string text, string name)
    {
        var errors = new RuleErrors(name);
        var groups = new List<RuleGroup>();
        foreach (var document in Documents(text, name))
        {
            var root = new YamlFields(document.RootNode, "the file", errors, "groups");
            foreach (var node in root.Sequence("groups"))
            {
                var group = Group(node, errors);
                if (groups.Exists(g => g.Name == group.Name))
                    errors.Add(node, $"there are two groups \"{group.Name}\"");
                groups.Add(group);
            }
        }
        errors.ThrowIfAny();
        return groups;
    }

    /// <summary>The documents of a YAML text.</summary>
    /// <exception cref="RuleFileException">It is no YAML; where.</exception>
    public static IList<YamlDocument> Documents(string text, string name)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new RuleFileException([$"{name}, line {e.Start.Line}, column {e.Start.Column}: {e.Message}"]);
        }
        return stream.Documents;
    }

    static RuleGroup Group(YamlNode node, RuleErrors errors)
    {
        var fields = new YamlFields(node, "a group", errors, GroupKeys);
        string name = fields.Required("name");
        var interval = fields.Duration("interval");
        if (interval is { } every && every <= TimeSpan.Zero)
            errors.Add(fields.Place("interval"), "interval must be longer than 0");
        return new(name, interval, fields.Duration("query_offset") ?? TimeSpan.Zero, fields.Number("limit"), fields.Texts("labels"),
            [.. fields.Sequence("rules").Select(rule => RuleReader.Read(rule, errors))]);
    }
}

/// <summary>What is wrong, in the order in which it was found.</summary>
sealed class RuleErrors(string file)
{
    readonly List<string> _errors = [];

    public void Add(YamlNode node, string reason) => _errors.Add($"{file}, line {node.Start.Line}: {reason}");

    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
            throw new RuleFileException(_errors);
    }
}
