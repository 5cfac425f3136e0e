using System.Globalization;
using Vigie.PromQL.Parsing;
using YamlDotNet.RepresentationModel;

namespace Vigie.Hub.Alerts.Groups;

/// <summary>The fields of a YAML mapping, with an error for each that is unknown, missing or of another kind.</summary>
sealed class YamlFields
{
    readonly YamlNode _node;
    readonly RuleErrors _errors;
    readonly Dictionary<string, YamlNode> _fields = new(StringComparer.Ordinal);

    public YamlFields(YamlNode node, string what, RuleErrors errors, params ReadOnlySpan<string> known)
    {
        (_node, _errors) = (node, errors);
        if (node is not YamlMappingNode mapping)
        {
            errors.Add(node, $"{what} must be a mapping of {string.Join(", ", known)}");
            return;
        }
        foreach (var (key, value) in mapping.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? "";
            if (!known.Contains(name))
                errors.Add(key, $"{what} has no field \"{name}\"; it has {string.Join(", ", known)}");
            else
                _fields[name] = value;
        }
    }

    public static bool Has(YamlNode node, string field) =>
        node is YamlMappingNode mapping && mapping.Children.Keys.Any(k => k is YamlScalarNode scalar && scalar.Value == field);

    /// <summary>Where a field stands, for errors about it.</summary>
    public YamlNode Place(string field) => _fields.GetValueOrDefault(field, _node);

    public string Required(string field)
    {
        if (Text(field) is { Length: > 0 } text)
            return text;
        if (!_fields.ContainsKey(field) || Place(field) is YamlScalarNode)
            _errors.Add(Place(field), $"{field} is missing");
        return "";
    }

    /// <summary>Such as 5m or 1h30m.</summary>
    public TimeSpan? Duration(string field)
    {
        if (Text(field) is not { Length: > 0 } text)
            return null;
        if (text == "0")
            return TimeSpan.Zero;
        if (Durations.TryParse(text, out long ms))
            return TimeSpan.FromMilliseconds(ms);
        _errors.Add(Place(field), $"{field} is \"{text}\"; write a duration such as 30s, 5m or 1h30m");
        return null;
    }

    public int Number(string field)
    {
        if (Text(field) is not { Length: > 0 } text)
            return 0;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return number;
        _errors.Add(Place(field), $"{field} is \"{text}\"; write a whole number");
        return 0;
    }

    public IReadOnlyList<YamlNode> Sequence(string field)
    {
        if (!_fields.TryGetValue(field, out var node) || IsNull(node))
            return [];
        if (node is YamlSequenceNode sequence)
            return [.. sequence.Children];
        _errors.Add(node, $"{field} must be a list");
        return [];
    }

    public IReadOnlyDictionary<string, string> Texts(string field)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!_fields.TryGetValue(field, out var node) || IsNull(node))
            return texts;
        if (node is not YamlMappingNode mapping)
        {
            _errors.Add(node, $"{field} must be a mapping of names to texts");
            return texts;
        }
        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name } && value is YamlScalarNode text)
                texts[name] = text.Value ?? "";
            else
                _errors.Add(value, $"{field} must be a mapping of names to texts");
        }
        return texts;
    }

    /// <summary>A list of texts, or one by itself.</summary>
    public IReadOnlyList<string> Names(string field)
    {
        if (!_fields.TryGetValue(field, out var node) || IsNull(node))
            return [];
        if (TextsOf(node) is { } texts)
            return texts;
        _errors.Add(node, $"{field} must be a text or a list of texts");
        return [];
    }

    /// <summary>The texts of a list, or one by itself; null when it is neither.</summary>
    public static IReadOnlyList<string>? TextsOf(YamlNode node) => node switch
    {
        YamlScalarNode { Value: { } one } => [one],
        YamlSequenceNode list when list.Children.All(c => c is YamlScalarNode { Value.Length: > 0 }) =>
            [.. list.Children.Select(c => ((YamlScalarNode)c).Value!)],
        _ => null,
    };

    public bool Flag(string field)
    {
        if (Text(field) is not { Length: > 0 } text)
            return false;
        if (text is not ("true" or "false"))
            _errors.Add(Place(field), $"{field} is \"{text}\"; write true or false");
        return text == "true";
    }

    /// <summary>Names and what stands behind each.</summary>
    public IReadOnlyList<(string Name, YamlNode Node)> Mapping(string field)
    {
        if (!_fields.TryGetValue(field, out var node) || IsNull(node))
            return [];
        if (node is YamlMappingNode mapping && mapping.Children.Keys.All(k => k is YamlScalarNode { Value.Length: > 0 }))
            return [.. mapping.Children.Select(c => (((YamlScalarNode)c.Key).Value!, c.Value))];
        _errors.Add(node, $"{field} must be a mapping");
        return [];
    }

    public bool Has(string field) => _fields.TryGetValue(field, out var node) && !IsNull(node);

    public string? Text(string field)
    {
        if (!_fields.TryGetValue(field, out var node))
            return null;
        if (node is YamlScalarNode scalar)
            return scalar.Value;
        _errors.Add(node, $"{field} must be a text");
        return null;
    }

    static bool IsNull(YamlNode node) => node is YamlScalarNode { Value: null or "" or "~" or "null" };
}
