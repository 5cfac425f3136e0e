using System.Text;
using System.Text.Json;
using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>
/// Label sets as they are stored: a JSON object in the labels' order. Equal sets give equal text, so a column of them can be
/// unique.
/// </summary>
public static class LabelsJson
{
    public static string Write(Labels labels)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var label in labels.Span)
                json.WriteString(label.Name, label.Value);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <exception cref="JsonException">The text was not written by <see cref="Write"/>.</exception>
    public static Labels Parse(string json) =>
        Labels.From(JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.Select(l => new Label(l.Key, l.Value)));
}
