using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigie.Core.Protobuf;

namespace Vigie.Core.Otlp;

/// <summary>
/// What a receiver answers: ExportMetricsServiceResponse{partial_success=1{rejected_data_points=1, error_message=2}}, or
/// google.rpc.Status{code=1, message=2}.
/// </summary>
public static class OtlpReply
{
    /// <summary>A person reads these in a log: quotes and dots stay what they are.</summary>
    static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Empty when nothing was refused: that is how success is spelled.</summary>
    public static byte[] Partial(int refused, string? reason)
    {
        if (refused == 0)
            return [];
        var writer = new ProtoWriter();
        int partial = writer.Begin(1);
        writer.Varint(1, (ulong)refused);
        writer.String(2, reason ?? "");
        writer.End(partial);
        return writer.Written.ToArray();
    }

    public static byte[] PartialJson(int refused, string? reason) => Json(json =>
    {
        if (refused == 0)
            return;
        json.WriteStartObject("partialSuccess");
        // 64-bit numbers are strings in protobuf's JSON
        json.WriteString("rejectedDataPoints", refused.ToString(CultureInfo.InvariantCulture));
        json.WriteString("errorMessage", reason);
        json.WriteEndObject();
    });

    public static byte[] Status(int httpStatus, string message)
    {
        var writer = new ProtoWriter();
        writer.Varint(1, (ulong)Code(httpStatus));
        writer.String(2, message);
        return writer.Written.ToArray();
    }

    public static byte[] StatusJson(int httpStatus, string message) => Json(json =>
    {
        json.WriteNumber("code", Code(httpStatus));
        json.WriteString("message", message);
    });

    /// <summary>The gRPC code that stands for an HTTP status.</summary>
    static int Code(int httpStatus) =>
        httpStatus switch { 401 => 16, 403 => 7, 404 => 5, 413 or 429 => 8, 503 => 14, >= 500 => 13, _ => 3 };

    static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
