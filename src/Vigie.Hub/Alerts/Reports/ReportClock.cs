using System.Globalization;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts.Reports;

/// <summary>Puts a report into the outbox when it is time. One that was missed while the hub was off comes when it is on again, once.</summary>
sealed class ReportClock(HubOptions options, OutboxStore outbox, ChannelSet channels, TimeProvider time)
{
    /// <summary>A report that is later than this is of no use any more.</summary>
    static readonly TimeSpan Late = TimeSpan.FromHours(12);

    readonly TimeZoneInfo _zone = Zones.Of(options.Server.TimeZone);

    /// <summary>Returns whether it was put.</summary>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var due = LastDue(now);
        var to = Channels();
        if (options.Reports.Every == "none" || to.Count == 0 || now - due > Late || outbox.Last(NotificationKind.Report) >= due)
            return false;
        await outbox.PutAsync(NotificationKind.Report, due.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), to, now, ct);
        return true;
    }

    IReadOnlyList<string> Channels() => options.Reports.Channels.Count > 0 ? [.. options.Reports.Channels.Intersect(channels.Names)]
        : [.. channels.Names.Where(c => c == ChannelSet.Mail)];

    /// <summary>When a report was last due, or is now.</summary>
    DateTimeOffset LastDue(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, _zone).DateTime;
        var day = local.Date.AddHours(options.Reports.Hour);
        if (day > local)
            day = day.AddDays(-1);
        if (options.Reports.Every == "weekly")
            day = day.AddDays(-(((int)day.DayOfWeek + 6) % 7)); // back to Monday
        return new(day, _zone.GetUtcOffset(day));
    }
}
