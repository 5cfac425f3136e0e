namespace Vigie.Hub.Alerts.Channels;

/// <summary>Alerts as Alertmanager names them: all that is known as labels, what people read as annotations.</summary>
static class AlertmanagerFormat
{
    public static Dictionary<string, string> Labels(Message message, AlertFacts? alert)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (alert is not null)
            foreach (var (name, value) in MessageJson.LabelsOf(alert).Where(l => l.Value.Length > 0)) // an empty label is none
                labels[name] = value;
        labels.TryAdd("alertname", alert?.Rule ?? message.Key);
        labels.TryAdd("severity", alert?.Severity ?? message.Facts.Severity);
        return labels;
    }

    public static Dictionary<string, string> Annotations(Message message, AlertFacts? alert)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["summary"] = alert?.Title ?? message.Subject,
            ["description"] = alert is null ? message.Text : alert.Details,
            ["value"] = alert?.ValueText ?? "",
            ["threshold"] = alert?.ThresholdText ?? "",
        };
        return annotations.Where(a => a.Value.Length > 0).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>The alerts of a message; a notice is told as one that has neither host nor value.</summary>
    public static IEnumerable<AlertFacts?> Alerts(Message message) => message.Facts.Alerts.DefaultIfEmpty(null);
}
