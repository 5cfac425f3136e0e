using System.Net;
using System.Text.Json;
using DotLiquid;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>
/// A webhook's body in Liquid. Its values are those of Vigie's own JSON by the same names, and besides those of the first alert.
/// They are encoded for the body's type before the template sees them, so no host name can break out.
/// </summary>
sealed class LiquidBody
{
    readonly Template _template;

    LiquidBody(Template template) => _template = template;

    /// <exception cref="TemplateException">It isn't Liquid.</exception>
    public static LiquidBody Parse(string text, string name)
    {
        try
        {
            return new(Template.Parse(text));
        }
        catch (DotLiquid.Exceptions.LiquidException e)
        {
            throw new TemplateException($"{name}: {e.Message}");
        }
    }

    /// <exception cref="TemplateException">It fails with these values.</exception>
    public string Render(Message message, string contentType)
    {
        var encode = Encoding(contentType);
        var json = JsonSerializer.SerializeToElement(MessageJson.Of(message), MessageJson.Style);
        var values = Hash(json, encode);
        if (json.GetProperty("alerts") is var alerts && alerts.GetArrayLength() > 0)
            foreach (var (name, value) in Hash(alerts[0], encode).Where(v => !values.ContainsKey(v.Key)))
                values[name] = value;
        try
        {
            return _template.Render(new RenderParameters(System.Globalization.CultureInfo.InvariantCulture)
            {
                LocalVariables = values,
                ErrorsOutputMode = ErrorsOutputMode.Rethrow,
                MaxIterations = 10_000,
            });
        }
        catch (Exception e)
            when (e is DotLiquid.Exceptions.LiquidException or FormatException or ArgumentException or InvalidCastException
                or TimeoutException)
        {
            throw new TemplateException($"the body can't be filled in: {e.Message}");
        }
    }

    static Func<string, string> Encoding(string contentType) => contentType.Split(';')[0].Trim().ToLowerInvariant() switch
    {
        "application/x-www-form-urlencoded" => Uri.EscapeDataString,
        var type when type.EndsWith("json", StringComparison.Ordinal) => text => JsonSerializer.Serialize(text, MessageJson.Style)[1..^1],
        var type when type.EndsWith("html", StringComparison.Ordinal) || type.EndsWith("xml", StringComparison.Ordinal) => WebUtility.HtmlEncode,
        _ => text => text,
    };

    static Hash Hash(JsonElement json, Func<string, string> encode)
    {
        var hash = new Hash();
        foreach (var member in json.EnumerateObject())
            hash[member.Name] = Value(member.Value, encode);
        return hash;
    }

    static object? Value(JsonElement json, Func<string, string> encode) => json.ValueKind switch
    {
        JsonValueKind.String => encode(json.GetString()!),
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.Object => Hash(json, encode),
        JsonValueKind.Array => json.EnumerateArray().Select(item => Value(item, encode)).ToList(),
        _ => null,
    };
}
