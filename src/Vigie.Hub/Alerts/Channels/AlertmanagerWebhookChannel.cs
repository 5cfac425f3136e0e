using System.Security.Cryptography;
using System.Text;

namespace Vigie.Hub.Alerts.Channels;

sealed record AlertmanagerWebhookOptions : SecretUrlOptions;

/// <summary>What an Alertmanager posts to its webhooks, version 4, so that its many receivers can be used.</summary>
[ChannelKind("alertmanager-webhook", "A receiver that was made for Alertmanager's webhooks (format version 4).")]
sealed class AlertmanagerWebhookChannel(AlertmanagerWebhookOptions options, HttpSender http) : HttpChannel(options, http)
{
    /// <summary>How Alertmanager writes an end that is not known.</summary>
    const string NoEnd = "0001-01-01T00:00:00Z";

    public override string Target => SecretText.Host(options.Url, options.UrlFile);

    public override bool OpensIncidents => true;

    protected override HttpCall Call(Message message)
    {
        var alerts = AlertmanagerFormat.Alerts(message)
            .Select(a => (Alert: a, Labels: AlertmanagerFormat.Labels(message, a), Annotations: AlertmanagerFormat.Annotations(message, a)))
            .ToList();
        return HttpCall.Json(SecretText.Url(options.Url, options.UrlFile), new
        {
            version = "4",
            groupKey = message.Key,
            truncatedAlerts = 0,
            status = message.Facts.Status == MessageStatus.Resolved ? "resolved" : "firing",
            receiver = "vigie",
            groupLabels = Common([.. alerts.Select(a => a.Labels)], "alertname"),
            commonLabels = Common([.. alerts.Select(a => a.Labels)]),
            commonAnnotations = Common([.. alerts.Select(a => a.Annotations)]),
            externalURL = message.Facts.Url,
            alerts = alerts.Select(a => new
            {
                status = a.Alert?.Status == MessageStatus.Resolved ? "resolved" : "firing",
                labels = a.Labels,
                annotations = a.Annotations,
                startsAt = a.Alert is null ? NoEnd : MessageJson.Time(a.Alert.Since),
                endsAt = a.Alert?.Ended is { } ended ? MessageJson.Time(ended) : NoEnd,
                generatorURL = a.Alert?.Url ?? message.Facts.Url,
                fingerprint = Fingerprint(a.Labels),
            }),
        });
    }

    /// <summary>What all have in common; of these names, or of all.</summary>
    static Dictionary<string, string> Common(IReadOnlyList<Dictionary<string, string>> sets, params string[] names) =>
        sets[0].Where(l => (names.Length == 0 || names.Contains(l.Key, StringComparer.Ordinal))
            && sets.All(s => s.GetValueOrDefault(l.Key) == l.Value)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Sixteen hexadecimal digits that stand for the labels, the same for an alert and its recovery.</summary>
    static string Fingerprint(Dictionary<string, string> labels) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\0', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}\0{l.Value}"))))[..8]);
}
