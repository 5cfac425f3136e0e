using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Tests.Support;

namespace Vigie.Tests.Contracts;

/// <summary>docs/channels.md lists what the channels declare, and shows the JSON that is sent; VIGIE_UPDATE_GOLDEN=1 writes both anew.</summary>
public sealed class ChannelPageContract
{
    const string Mark = "writes it anew -->\n", Fence = "```json vigie\n";

    static readonly JsonSerializerOptions Readable = new(MessageJson.Style) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void The_document_lists_every_kind_with_its_settings_and_shows_the_json()
    {
        string path = Repository.Path("docs/channels.md");
        string text = File.ReadAllText(path);
        int end = text.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        var (before, after) = (text[..(text.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length)],
            text[text.IndexOf("```\n\n`status`", StringComparison.Ordinal)..end]);
        string expected = before + JsonSerializer.Serialize(MessageJson.Of(ChannelStage.Message()), Readable) + "\n" + after + Kinds();
        if (Environment.GetEnvironmentVariable("VIGIE_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, expected);
        Assert.Equal(expected, text);
    }

    static string Kinds()
    {
        var text = new StringBuilder();
        foreach (var kind in ChannelKind.All)
        {
            text.Append($"\n### {kind.Name}\n\n{kind.Help}\n\n| setting | default | meaning |\n|---|---|---|\n");
            foreach (var setting in Setting.Of(kind.Options).Where(s => s.Property.DeclaringType != typeof(ChannelOptions)))
                text.Append($"| `{setting.Key}`{(setting.IsRequired ? "\\*" : "")} | "
                    + $"{(setting.Default is "" or IReadOnlyList<string> ? "" : $"`{ConfigFile.Literal(setting.Default).Trim('"')}`")} | {setting.Help} |\n");
        }
        return text.ToString();
    }
}
