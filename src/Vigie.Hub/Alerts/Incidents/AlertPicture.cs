using Vigie.Core.Metrics;
using Vigie.Hub.Charts;
using Vigie.Hub.Hosts;

namespace Vigie.Hub.Alerts.Incidents;

/// <summary>The chart of the hours before an alert, as a picture for mails.</summary>
sealed class AlertPicture(HostDirectory hosts, ChartService charts)
{
    static readonly TimeSpan Before = TimeSpan.FromHours(3), Least = TimeSpan.FromMinutes(15);

    /// <summary>The picture, or why there is none; neither when there is nothing to draw.</summary>
    public async Task<(byte[]? Picture, string? Note)> OfAsync(Alert alert, Rule rule, MessageStyle style, CancellationToken ct)
    {
        if (rule.Chart is null || ChartCatalog.Find(rule.Chart) is not { } spec || alert.Host.Length == 0)
            return (null, null);
        long end = alert.ResolvedMs ?? alert.FiredMs ?? alert.SinceMs;
        try
        {
            long first = hosts.Find(alert.Host)?.FirstMs ?? 0; // a new host's picture shows what there is, not three empty hours
            long from = Math.Max(end - (long)Before.TotalMilliseconds, Math.Min(first, end - (long)Least.TotalMilliseconds));
            var data = await charts.ReadAsync(spec, alert.Host, from, end, ct);
            if (data.IsEmpty)
                return (null, null);
            return PngPainter.Paint(ChartScene.Of(data, style.Texts, style.Zone), dark: false) is { } png
                ? (png, null)
                : (null, style.Texts["No picture: this machine has no font. Install one, such as the package fonts-dejavu-core."]);
        }
        catch (Exception e)
            when (e is StoreUnavailableException or PromQL.PromQLException or DllNotFoundException or TypeInitializationException)
        {
            return (null, style.Texts.Format("No picture: {0}", e.Message)); // the words matter more
        }
    }
}
