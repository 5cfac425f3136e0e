using Vigie.Hub.Configuration;
using Vigie.Hub.Web;

namespace Vigie.Hub.Alerts;

/// <summary>When a disk will be full: day and hour say more than a span.</summary>
sealed class ForecastWords(HubOptions options, TimeProvider time) : IAlertWords
{
    readonly Texts _texts = Texts.Of(options.Server.Language);
    readonly TimeZoneInfo _zone = Zones.Of(options.Server.TimeZone);

    public string Of(Alert alert) => alert is { Rule: "disk-full-soon", State: not AlertState.Resolved, Value: >= 0 and < 1e6 }
        ? _texts.Format("At this pace it is full on {0}.", _texts.DateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow().AddSeconds(alert.Value), _zone)))
        : "";
}
