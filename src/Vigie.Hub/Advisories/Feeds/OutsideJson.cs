using System.Text.Json;

namespace Vigie.Hub.Advisories.Feeds;

/// <summary>Reads JSON that may lack anything or hold anything: what has the wrong type is as if it were absent.</summary>
static class OutsideJson
{
    /// <exception cref="FormatException">It is not JSON, or nested deeper than 64 levels.</exception>
    public static JsonDocument Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is not JSON: {e.Message.Split(". ")[0].TrimEnd('.')} (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})",
                e);
        }
    }

    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <exception cref="FormatException">The text is not Unicode.</exception>
    public static string? Text(this JsonElement element, string name)
    {
        var value = element.Member(name);
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"the text of \"{name}\" is not Unicode", e);
        }
    }

    public static IEnumerable<JsonElement> List(this JsonElement element, string name)
    {
        var value = element.Member(name);
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];
    }

    /// <summary>The day of a date with or without a time.</summary>
    public static DateOnly? Day(this JsonElement element, string name) =>
        element.Text(name)?.Trim() is { Length: >= 10 } text && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", out var day) ? day : null;
}
