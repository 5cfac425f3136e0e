using Vigie.Hub.Charts;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts;

/// <summary>How an alert's numbers are written.</summary>
static class AlertText
{
    /// <summary>An empty text where there is no number.</summary>
    public static string Value(double? number, ChartUnit? unit, Texts texts) => number is not { } value ? ""
        : unit is { } known ? Axis.Text(value, known, texts) : texts.Duration(TimeSpan.FromSeconds(Math.Min(value, 1e10)));
}
