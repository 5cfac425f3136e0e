using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Hub.Alerts.Channels;

/// <summary>A message as Vigie's own JSON: what a webhook is sent and an executable reads. docs/channels.md describes it.</summary>
static class MessageJson
{
    public static JsonSerializerOptions Style { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it goes into no page, and what is escaped takes thrice the room
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static object Of(Message message) => new
    {
        version = 1,
        id = message.MessageId,
        key = message.Key,
        status = message.Facts.StatusText,
        severity = message.Facts.Severity,
        subject = message.Subject,
        text = message.Text,
        url = message.Facts.Url,
        alerts = message.Facts.Alerts.Select(a => new
        {
            status = Text(a.Status),
            rule = a.Rule,
            title = a.Title,
            severity = a.Severity,
            host = a.Host,
            labels = LabelsOf(a),
            value = a.Value,
            value_text = a.ValueText,
            threshold = a.Threshold,
            threshold_text = a.ThresholdText,
            since = Time(a.Since),
            ended = a.Ended is { } ended ? Time(ended) : null,
            url = a.Url,
            details = a.Details,
        }),
    };

    /// <param name="most">Longer values are cut.</param>
    public static Dictionary<string, string> LabelsOf(AlertFacts alert, int most = int.MaxValue) => alert.Labels.Span.ToArray()
        .ToDictionary(l => l.Name, l => l.Value.Length > most ? ChatText.Line(l.Value, most) : l.Value, StringComparer.Ordinal);

    public static string Text(MessageStatus status) => status.ToString().ToLowerInvariant();

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
}
