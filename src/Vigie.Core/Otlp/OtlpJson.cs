using System.Globalization;
using System.Text.Json;

namespace Vigie.Core.Otlp;

/// <summary>
/// OTLP's JSON spelling (lowerCamelCase keys, 64-bit numbers as strings or numbers, enumerations as numbers, unknown keys
/// ignored), turned into protobuf so that one reader serves both.
/// </summary>
public static class OtlpJson
{
    /// <exception cref="OtlpFormatException">Not JSON, or a value of the wrong kind.</exception>
    public static ReadOnlyMemory<byte> ToProtobuf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 64 });
        JsonDocument document;
        try
        {
            document = JsonDocument.ParseValue(ref reader);
        }
        catch (JsonException e)
        {
            throw new OtlpFormatException($"this is not JSON: {e.Message}", (int)Math.Min(int.MaxValue, reader.BytesConsumed));
        }
        using (document)
        {
            var writer = new ProtoWriter(json.Length);
            Each(document.RootElement, "resourceMetrics", "", (resource, path) => Nested(writer, 1, () =>
            {
                if (resource.TryGetProperty("resource", out var attributes))
                    Nested(writer, 1, () => Attributes(writer, 1, attributes, path + ".resource"));
                Each(resource, "scopeMetrics", path, (scope, inner) => Nested(writer, 2, () =>
                    Each(scope, "metrics", inner, (metric, at) => Nested(writer, 2, () => Metric(writer, metric, at)))));
            }));
            return writer.Written;
        }
    }

    static void Metric(ProtoWriter writer, JsonElement metric, string path)
    {
        writer.String(1, Text(metric, "name", path));
        writer.String(2, Text(metric, "description", path));
        writer.String(3, Text(metric, "unit", path));
        foreach (var (kind, field) in new[] { ("gauge", 5), ("sum", 7), ("histogram", 9), ("exponentialHistogram", 10), ("summary", 11) })
        {
            if (!metric.TryGetProperty(kind, out var data))
                continue;
            string at = $"{path}.{kind}";
            Nested(writer, field, () =>
            {
                Each(data, "dataPoints", at, (point, inner) => Nested(writer, 1, () =>
                {
                    if (field is 5 or 7)
                        Point(writer, point, inner);
                }));
                if (data.TryGetProperty("aggregationTemporality", out var temporality))
                    writer.Varint(2, (ulong)Integer(temporality, at + ".aggregationTemporality"));
                if (data.TryGetProperty("isMonotonic", out var monotonic) && monotonic.ValueKind == JsonValueKind.True)
                    writer.Bool(3, true);
            });
        }
    }

    static void Point(ProtoWriter writer, JsonElement point, string path)
    {
        if (point.TryGetProperty("timeUnixNano", out var time))
            writer.Fixed64(3, (ulong)Integer(time, path + ".timeUnixNano"));
        if (point.TryGetProperty("asDouble", out var number))
            writer.Double(4, Number(number, path + ".asDouble"));
        else if (point.TryGetProperty("asInt", out var whole))
            writer.Fixed64(6, (ulong)Integer(whole, path + ".asInt"));
        Attributes(writer, 7, point, path);
        if (point.TryGetProperty("flags", out var flags))
            writer.Varint(8, (ulong)Integer(flags, path + ".flags"));
    }

    static void Attributes(ProtoWriter writer, int field, JsonElement owner, string path) =>
        Each(owner, "attributes", path, (pair, at) => Nested(writer, field, () =>
        {
            writer.String(1, Text(pair, "key", at));
            if (pair.TryGetProperty("value", out var value))
                Nested(writer, 2, () => Value(writer, value, at + ".value"));
        }));

    static void Value(ProtoWriter writer, JsonElement value, string path)
    {
        Object(value, path);
        if (value.TryGetProperty("stringValue", out _))
            writer.String(1, Text(value, "stringValue", path));
        else if (value.TryGetProperty("boolValue", out var flag))
            writer.Bool(2, flag.ValueKind == JsonValueKind.True);
        else if (value.TryGetProperty("intValue", out var whole))
            writer.Varint(3, (ulong)Integer(whole, path));
        else if (value.TryGetProperty("doubleValue", out var number))
            writer.Double(4, Number(number, path));
        else if (value.TryGetProperty("arrayValue", out var array))
            Nested(writer, 5, () => Each(array, "values", path, (item, at) => Nested(writer, 1, () => Value(writer, item, at))));
    }

    static void Nested(ProtoWriter writer, int field, Action content)
    {
        int begin = writer.Begin(field);
        content();
        writer.End(begin);
    }

    static void Each(JsonElement owner, string name, string path, Action<JsonElement, string> action)
    {
        Object(owner, path);
        if (!owner.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null)
            return;
        string at = path.Length == 0 ? name : $"{path}.{name}";
        if (list.ValueKind != JsonValueKind.Array)
            throw Wrong(at, "a list", list);
        int i = 0;
        foreach (var item in list.EnumerateArray())
        {
            Object(item, $"{at}[{i}]");
            action(item, $"{at}[{i++}]");
        }
    }

    static void Object(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Wrong(path.Length == 0 ? "the body" : path, "an object", element);
    }

    static string Text(JsonElement owner, string name, string path) => !owner.TryGetProperty(name, out var value) ? ""
        : value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong($"{path}.{name}", "a string", value);

    static long Integer(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number))
            return number;
        if (value.ValueKind == JsonValueKind.String && long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            return number;
        throw Wrong(path, "a whole number, or one in a string", value);
    }

    static double Number(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
            _ => throw Wrong(path, "a number", value),
        },
        _ => throw Wrong(path, "a number", value),
    };

    static OtlpFormatException Wrong(string path, string expected, JsonElement got) => new($"{path} is {got.ValueKind} where {expected} is expected", 0);
}
