using System.ComponentModel;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Reports;

sealed record ReportOptions
{
    [Description("How often a report is sent: daily (a digest of the day before), weekly (on Mondays), or none."), OneOf("none", "daily", "weekly")]
    public string Every { get; init; } = "none";

    [Description("At what hour of the day, in Server:TimeZone."), Between("0", "23")]
    public double Hour { get; init; } = 7;

    [Description("By which channels; empty means by mail alone.")]
    public IReadOnlyList<string> Channels { get; init; } = [];

    public TimeSpan Span => Every == "daily" ? TimeSpan.FromDays(1) : TimeSpan.FromDays(7);
}
