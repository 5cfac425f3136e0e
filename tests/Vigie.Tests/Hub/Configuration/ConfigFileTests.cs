using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vigie.Hub.Configuration;

namespace Vigie.Tests.Hub.Configuration;

public sealed class ConfigFileTests
{
    static readonly JsonObject Schema = JsonNode.Parse(ConfigFile.Schema())!.AsObject();

    public static TheoryData<string> Keys => [.. Setting.All(typeof(HubOptions)).Select(s => s.Key)];

    static JsonObject Of(string key) => key.Split(':').Aggregate(Schema, (at, name) => at["properties"]![name]!.AsObject());

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_setting_is_explained_and_has_its_place_in_the_schema(string key)
    {
        var setting = Setting.All(typeof(HubOptions)).Single(s => s.Key == key);
        Assert.EndsWith(".", setting.Help);
        Assert.Contains($"// {setting.Help}\n", ConfigFile.Sample().ReplaceLineEndings("\n"));
        var node = Of(key);
        Assert.Equal(setting.Help, (string?)node["description"]);
        if (setting.IsSection)
            Assert.False((bool)node["additionalProperties"]!);
        else
            AssertDefault(node);
    }

    /// <summary>The default that the schema tells is allowed by it.</summary>
    static void AssertDefault(JsonObject node)
    {
        var kind = node["default"]!.GetValueKind();
        Assert.Contains(kind, (string)node["type"]! switch
        {
            "string" => [JsonValueKind.String],
            "boolean" => [JsonValueKind.True, JsonValueKind.False],
            "array" => [JsonValueKind.Array],
            "object" => [JsonValueKind.Object],
            _ => (JsonValueKind[])[JsonValueKind.Number],
        });
        if (node["pattern"] is { } pattern)
            Assert.Matches(new Regex((string)pattern!, RegexOptions.None, TimeSpan.FromSeconds(1)), (string)node["default"]!);
        if (node["enum"] is JsonArray values)
            Assert.Contains((string)node["default"]!, values.Select(v => (string)v!));
    }

    [Fact]
    public void The_schema_says_which_language_it_is_in_and_knows_no_other_keys()
    {
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)Schema["$schema"]);
        Assert.Equal(Setting.All(typeof(HubOptions)).Where(s => !s.Key.Contains(':', StringComparison.Ordinal)).Select(s => s.Key),
            Schema["properties"]!.AsObject().Select(p => p.Key));
    }

    [Fact]
    public void Bounds_and_secrets_are_declared_soundly()
    {
        foreach (var setting in Setting.All(typeof(HubOptions)).Where(s => !s.IsSection))
        {
            if (setting.Property.GetCustomAttributes(typeof(BetweenAttribute), false) is [BetweenAttribute between])
            {
                Assert.Null(setting.Parse(between.Least).Error);
                Assert.Null(setting.Parse(between.Most).Error);
            }
            if (setting.IsSecret)
                Assert.Contains(Setting.All(typeof(HubOptions)), s => s.Key == setting.Key + "File");
        }
    }

    [Fact]
    public void Places_are_found_in_nested_text()
    {
        var places = ConfigFile.Places("""
            {
              // a comment "x": 1
              "A": { "B": [ { "C": 1 }, 2 ],

                "D": "text" }, "E": null
            }
            """u8, (_, _, _) => Assert.Fail("no key stands twice"));
        Assert.Equal(["A 3 StartObject", "A:B 3 StartArray", "A:B:C 3 Number", "A:D 5 String", "E 5 Null"],
            places.Select(p => $"{p.Key} {p.Value.Line} {p.Value.Kind}"));
    }
}
