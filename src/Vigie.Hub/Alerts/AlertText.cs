using Vigie.Hub.Charts;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts;

/// <summary>How an alert's numbers are written.</summary>
static class AlertText
{
    public static string Value(double value, ChartUnit? unit, Texts texts) =>
        unit is { } known ? Axis.Text(value, known, texts) : texts.Duration(TimeSpan.FromSeconds(Math.Min(value, 1e10)));
}
