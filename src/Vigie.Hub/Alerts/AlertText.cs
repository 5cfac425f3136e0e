using Vigie.Core.Metrics;
using Vigie.Hub.Charts;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts;

/// <summary>How an alert's numbers are written.</summary>
static class AlertText
{
    /// <summary>What of a host a series is about: its labels besides the host, such as a mount point.</summary>
    public static string Subject(Labels labels) =>
        string.Join(' ', labels.Span.ToArray().Where(l => l.Name is not ("host" or "device")).Select(l => l.Value));

    /// <summary>An empty text where there is no number.</summary>
    public static string Value(double? number, ChartUnit? unit, Texts texts) => number is not { } value ? ""
        : unit is { } known ? Axis.Text(value, known, texts) : texts.Duration(TimeSpan.FromSeconds(Math.Min(value, 1e10)));
}
