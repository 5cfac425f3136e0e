using System.Globalization;
using System.Text.Json;
using Vigie.Core.Protobuf;

namespace Vigie.Core.Otlp;

/// <summary>
/// OTLP's JSON spelling (lowerCamelCase keys, 64-bit numbers as strings or numbers, enumerations as numbers, unknown keys
/// ignored), turned into protobuf so that one reader serves both.
/// </summary>
public static class OtlpJson
{
    /// <exception cref="WireFormatException">Not JSON, or a value of the wrong kind.</exception>
    public static ReadOnlyMemory<byte> ToProtobuf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 64 });
        JsonDocument document;
        try
        {
            document = JsonDocument.ParseValue(ref reader);
            reader.Read(); // throws when something stands behind the object
        }
        catch (JsonException e)
        {
            throw new WireFormatException($"this is not JSON: {e.Message}", (int)reader.BytesConsumed);
        }
        using (document)
        {
            try
            {
                return Translate(document.RootElement, json.Length);
            }
            catch (InvalidOperationException e)
            {
                throw new WireFormatException($"a text is not valid Unicode: {e.Message}", 0);
            }
        }
    }

    static ReadOnlyMemory<byte> Translate(JsonElement root, int length)
    {
        var writer = new ProtoWriter(length);
        Each(root, "resourceMetrics", "", (resource, path) => Nested(writer, 1, () =>
        {
            if (Has(resource, "resource", out var attributes))
                Nested(writer, 1, () => Attributes(writer, 1, attributes, path + ".resource"));
            Each(resource, "scopeMetrics", path, (scope, inner) => Nested(writer, 2, () =>
                Each(scope, "metrics", inner, (metric, at) => Nested(writer, 2, () => Metric(writer, metric, at)))));
        }));
        return writer.Written;
    }

    static void Metric(ProtoWriter writer, JsonElement metric, string path)
    {
        writer.String(1, Text(metric, "name", path));
        writer.String(2, Text(metric, "description", path));
        writer.String(3, Text(metric, "unit", path));
        foreach (var (kind, field) in new[] { ("gauge", 5), ("sum", 7), ("histogram", 9), ("exponentialHistogram", 10), ("summary", 11) })
        {
            if (!Has(metric, kind, out var data))
                continue;
            string at = $"{path}.{kind}";
            Nested(writer, field, () =>
            {
                Each(data, "dataPoints", at, (point, inner) => Nested(writer, 1, () =>
                {
                    if (field is 5 or 7)
                        Point(writer, point, inner);
                }));
                if (Has(data, "aggregationTemporality", out var temporality))
                    writer.Varint(2, Unsigned(temporality, at + ".aggregationTemporality"));
                if (Has(data, "isMonotonic", out var monotonic))
                    writer.Bool(3, Bool(monotonic, at + ".isMonotonic"));
            });
        }
    }

    static void Point(ProtoWriter writer, JsonElement point, string path)
    {
        if (Has(point, "timeUnixNano", out var time))
            writer.Fixed64(3, Unsigned(time, path + ".timeUnixNano"));
        if (Has(point, "asDouble", out var number))
            writer.Double(4, Number(number, path + ".asDouble"));
        else if (Has(point, "asInt", out var whole))
            writer.Fixed64(6, (ulong)Integer(whole, path + ".asInt"));
        Attributes(writer, 7, point, path);
        if (Has(point, "flags", out var flags))
            writer.Varint(8, Unsigned(flags, path + ".flags"));
    }

    static void Attributes(ProtoWriter writer, int field, JsonElement owner, string path) =>
        Pairs(writer, field, owner, "attributes", path);

    static void Pairs(ProtoWriter writer, int field, JsonElement owner, string name, string path) =>
        Each(owner, name, path, (pair, at) => Nested(writer, field, () =>
        {
            writer.String(1, Text(pair, "key", at));
            if (Has(pair, "value", out var value))
                Nested(writer, 2, () => Value(writer, value, at + ".value"));
        }));

    static void Value(ProtoWriter writer, JsonElement value, string path)
    {
        Object(value, path);
        if (Has(value, "stringValue", out _))
            writer.String(1, Text(value, "stringValue", path));
        else if (Has(value, "boolValue", out var flag))
            writer.Bool(2, Bool(flag, path + ".boolValue"));
        else if (Has(value, "intValue", out var whole))
            writer.Varint(3, (ulong)Integer(whole, path + ".intValue"));
        else if (Has(value, "doubleValue", out var number))
            writer.Double(4, Number(number, path + ".doubleValue"));
        else if (Has(value, "arrayValue", out var array))
            Nested(writer, 5,
                () => Each(array, "values", path + ".arrayValue", (item, at) => Nested(writer, 1, () => Value(writer, item, at))));
        else if (Has(value, "kvlistValue", out var map))
            Nested(writer, 6, () => Pairs(writer, 1, map, "values", path + ".kvlistValue"));
        else if (Has(value, "bytesValue", out var bytes))
            writer.Bytes(7, Base64(bytes, path + ".bytesValue"));
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
        if (!Has(owner, name, out var list))
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

    /// <summary>Null means the same as absent, as in all of protobuf's JSON.</summary>
    static bool Has(JsonElement owner, string name, out JsonElement value) =>
        owner.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    static string Text(JsonElement owner, string name, string path) => !Has(owner, name, out var value) ? ""
        : value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong($"{path}.{name}", "a string", value);

    static bool Bool(JsonElement value, string path) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(path, "true or false", value);

    static byte[] Base64(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? bytes : throw Wrong(path, "base64", value);

    static ulong Unsigned(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong number))
            return number;
        if (value.ValueKind == JsonValueKind.String
            && ulong.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return number;
        throw Wrong(path, "a whole number from 0 on, or one in a string", value);
    }

    static long Integer(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number))
            return number;
        if (value.ValueKind == JsonValueKind.String
            && long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
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

    static WireFormatException Wrong(string path, string expected, JsonElement got) =>
        new($"{path} is {got.ValueKind}{Shown(got)} where {expected} is expected", 0);

    static string Shown(JsonElement got) =>
        got.ValueKind is JsonValueKind.Number or JsonValueKind.String && got.GetRawText() is { Length: <= 40 } text ? $" {text}" : "";
}
