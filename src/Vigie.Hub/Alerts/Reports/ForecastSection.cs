using Vigie.Hub.Alerts.Incidents;
using Vigie.Hub.Sources;
using Vigie.PromQL;

namespace Vigie.Hub.Alerts.Reports;

/// <summary>Disks that will be full within a month, if they go on as in the last week.</summary>
sealed class ForecastSection(QueryEngine engine) : IReportSection
{
    const int MostLines = 15;

    // A straight line through a week of hours; what is not half full yet is no worry, however fast it grows.
    static readonly string Used = $"max by (host, mountpoint) ({HeadlineCatalog.Disks})",
        Question = $"(1 - {Used}) / (deriv(({Used})[7d:1h]) > 0) and {Used} >= 0.5";

    public int Place => 30;

    public async Task<ReportSection?> OfAsync(DateTimeOffset from, DateTimeOffset to, MessageStyle style, CancellationToken ct)
    {
        var t = style.Texts;
        var full = (await engine.InstantAsync(Question, to.ToUnixTimeMilliseconds(), ct)).Series()
            .Select(s => (s.Labels, Left: s.Values.Span[^1])).Where(s => s.Left < TimeSpan.FromDays(30).TotalSeconds).OrderBy(s => s.Left).ToList();
        return full.Count == 0 ? null : new(t["Forecast"], t["Disks that will be full within 30 days, if they go on like this:"],
            [.. full.Take(MostLines).Select(f => ($"{f.Labels["host"]} {f.Labels["mountpoint"]}", style.Time(to.AddSeconds(Math.Max(0, f.Left)))))]);
    }
}
