using System.Buffers;
using System.Collections;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Vigie.Hub.Alerts.Channels;

namespace Vigie.Hub.Configuration;

/// <summary>config.json: the commented file that `init` writes, its schema, and where in a file a key stands.</summary>
static class ConfigFile
{
    static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Every setting with its default, its help above it.</summary>
    public static string Sample()
    {
        var text = new StringBuilder();
        text.AppendLine("// Settings of Vigie. Comments are allowed. What stands here yields to VIGIE_Section__Key in the environment");
        text.AppendLine("// and to the command line. `vigie config check` tells what is wrong, `vigie config schema` prints the schema.");
        Write(typeof(HubOptions), "", 1);
        return text.ToString();

        void Write(Type record, string prefix, int depth)
        {
            text.AppendLine("{");
            var settings = Setting.Of(record, prefix).ToList();
            string indent = new(' ', depth * 2);
            foreach (var setting in settings)
            {
                if (setting != settings[0] && depth == 1)
                    text.AppendLine();
                text.Append(indent).Append("// ").AppendLine(setting.Help);
                text.Append(indent).Append('"').Append(setting.Property.Name).Append("\": ");
                if (setting.IsSection)
                    Write(setting.Property.PropertyType, setting.Key + ':', depth + 1);
                else
                    text.Append(Literal(setting.Default));
                text.AppendLine(setting == settings[^1] ? "" : ",");
            }
            text.Append(' ', (depth - 1) * 2).Append('}');
            if (depth == 1)
                text.AppendLine();
        }
    }

    public static string Schema()
    {
        var schema = Describe(typeof(HubOptions), "");
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Vigie config.json");
        return schema.ToJsonString(Readable);
    }

    static JsonObject Describe(Type record, string prefix)
    {
        var properties = new JsonObject();
        foreach (var setting in Setting.Of(record, prefix))
        {
            var node = setting.IsSection ? Describe(setting.Property.PropertyType, setting.Key + ':')
                : setting.IsChannels ? DescribeChannels()
                : Leaf(setting);
            node["description"] = setting.Help;
            properties[setting.Property.Name] = node;
        }
        return new() { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
    }

    /// <summary>Names of the user's choice, each with the settings of one of the kinds.</summary>
    static JsonObject DescribeChannels()
    {
        var kinds = new JsonArray();
        foreach (var kind in ChannelKind.All)
        {
            var settings = Describe(kind.Options, "");
            settings["description"] = kind.Help;
            settings["properties"]!.AsObject().Insert(0, "Kind", new JsonObject { ["const"] = kind.Name });
            settings["required"] = new JsonArray("Kind");
            kinds.Add((JsonNode)settings);
        }
        return new()
        {
            ["type"] = "object",
            ["propertyNames"] = new JsonObject { ["pattern"] = ConfigLoader.ChannelName },
            ["additionalProperties"] = new JsonObject { ["oneOf"] = kinds },
            ["default"] = new JsonObject(),
        };
    }

    static JsonObject Leaf(Setting setting)
    {
        var type = setting.Property.PropertyType;
        var node = setting.IsList ? new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } }
            : type == typeof(bool) ? new() { ["type"] = "boolean" }
            : type == typeof(int) ? new() { ["type"] = "integer" }
            : type == typeof(double) ? new() { ["type"] = "number" }
            : new JsonObject { ["type"] = "string" };
        if (type == typeof(TimeSpan))
            node["pattern"] = @"^[0-9.]+(ms|s|m|min|h|d|w)$";
        else if (type == typeof(ByteSize))
            node["pattern"] = @"^[0-9.]+(B|kB|MB|GB|KiB|MiB|GiB|TiB)$";
        if (setting.Property.GetCustomAttributes(typeof(OneOfAttribute), false) is [OneOfAttribute oneOf])
            node["enum"] = new JsonArray([.. oneOf.Values.Select(v => (JsonNode)v)]);
        node["default"] = JsonNode.Parse(Literal(setting.Default));
        return node;
    }

    /// <summary>Where a key stands (lines from 1), and how its value begins.</summary>
    public readonly record struct Place(int Line, JsonTokenType Kind);

    /// <summary>The place of each key of a JSON text, by <c>Section:Key</c>.</summary>
    /// <param name="twice">Told of each key that stands twice: key, first line, second line.</param>
    /// <exception cref="JsonException">Not JSON, or no object.</exception>
    public static Dictionary<string, Place> Places(ReadOnlySpan<byte> json, Action<string, int, int> twice)
    {
        if (json.StartsWith(Encoding.UTF8.Preamble))
            json = json[Encoding.UTF8.Preamble.Length..];
        if (!Utf8.IsValid(json))
            throw new JsonException("the file is not UTF-8", path: null,
                lineNumber: json[..FirstInvalid(json)].Count((byte)'\n'), bytePositionInLine: 0);
        var places = new Dictionary<string, Place>(StringComparer.OrdinalIgnoreCase);
        var path = new Stack<string>();
        var reader = new Utf8JsonReader(json, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        string name = "";
        string? key = null;
        int line = 0;
        while (reader.Read())
        {
            if (path.Count == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
                throw new JsonException("the settings stand in one object { … }", path: null, lineNumber: 0, bytePositionInLine: 0);
            if (key is not null)
            {
                if (!places.TryAdd(key, new(line, reader.TokenType)))
                    twice(key, places[key].Line, line);
                key = null;
            }
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = reader.GetString()!;
                    key = string.Join(':', path.Reverse().Where(p => p.Length > 0).Append(name));
                    line = json[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    path.Push(name);
                    name = "";
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    path.Pop();
                    break;
            }
        }
        return places;
    }

    static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out int length) == OperationStatus.Done)
            at += length;
        return at;
    }

    public static string Literal(object? value) => value switch
    {
        TimeSpan duration => JsonSerializer.Serialize(Quantities.Text(duration)),
        ByteSize size => JsonSerializer.Serialize(size.ToString()),
        bool flag => flag ? "true" : "false",
        string text => JsonSerializer.Serialize(text, Readable),
        IDictionary => "{}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<string>().Select(i => JsonSerializer.Serialize(i, Readable)))}]",
        _ => JsonSerializer.Serialize(value),
    };
}
