namespace Vigie.Hub.Web;

static class Zones
{
    /// <summary>The zone of that name; this machine's when the name is empty or unknown.</summary>
    public static TimeZoneInfo Of(string? name) =>
        name is { Length: > 0 and <= 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Local;
}
