using System.Globalization;
using Cronos;
using Vigie.Hub.Alerts.Groups;
using YamlDotNet.RepresentationModel;

namespace Vigie.Hub.Alerts.Policies;

/// <summary>Reads times from the fields <c>daily</c>, <c>weekly</c>, <c>cron</c> with <c>for</c>, or <c>from</c> with <c>until</c> or <c>for</c>.</summary>
static class ScheduleReader
{
    public static readonly string[] Keys = ["daily", "weekly", "cron", "from", "until", "for", "timezone"];

    static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Null with an error noted.</summary>
    public static Schedule? Read(YamlNode node, YamlFields fields, RuleErrors errors, string defaultZone)
    {
        var zone = Zone(fields, errors, defaultZone);
        string[] given = [.. ((string[])["daily", "weekly", "cron", "from"]).Where(fields.Has)];
        if (given.Length != 1)
        {
            errors.Add(node, "say once when it is: daily: \"22:00-07:00\", weekly: \"sat,sun 08:00-20:00\", cron: \"0 22 * * *\" with for: 2h, "
                + "or from: 2026-12-24 22:00 with until: or for:");
            return null;
        }
        if (zone is null)
            return null;
        try
        {
            return given[0] switch
            {
                "daily" => Clock("*", fields.Text("daily")!, zone),
                "weekly" => Weekly(fields.Text("weekly")!, zone),
                "cron" => Schedule.Again(fields.Text("cron")!, Length(fields.Duration("for")), zone),
                _ => Once(fields, zone),
            };
        }
        catch (Exception e) when (e is FormatException or CronFormatException)
        {
            errors.Add(fields.Place(given[0]), $"{given[0]}: {e.Message}");
            return null;
        }
    }

    public static TimeZoneInfo? Zone(YamlFields fields, RuleErrors errors, string defaultZone)
    {
        string name = fields.Text("timezone") ?? defaultZone;
        if (name.Length == 0)
            return TimeZoneInfo.Local;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            return zone;
        errors.Add(fields.Place("timezone"), $"there is no time zone \"{name}\"; write one such as Europe/Paris");
        return null;
    }

    /// <summary>A time of a day, such as 2026-12-24 22:00.</summary>
    /// <exception cref="FormatException">It isn't that.</exception>
    public static DateTime Moment(string text) =>
        DateTime.TryParseExact(text, ["yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? at : throw new FormatException($"\"{text}\" is no time; write it like 2026-12-24 22:00");

    static Schedule Weekly(string text, TimeZoneInfo zone)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
            throw new FormatException($"\"{text}\" has no days; write it like \"sat,sun 08:00-20:00\" or \"mon-fri 18:00-08:00\"");
        string days = text[..space].ToLowerInvariant();
        foreach (string day in days.Split(',', '-'))
            if (!Days.Contains(day, StringComparer.Ordinal))
                throw new FormatException($"\"{day}\" is no day; they are {string.Join(", ", Days)}");
        return Clock(days, text[(space + 1)..], zone);
    }

    static Schedule Clock(string days, string span, TimeZoneInfo zone)
    {
        string[] ends = span.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length != 2 || !Time(ends[0], out var from) || !Time(ends[1], out var until))
            throw new FormatException($"\"{span}\" is no span of a day; write it like 22:00-07:00");
        var length = until - from;
        return Schedule.Again(FormattableString.Invariant($"{from.Minutes} {from.Hours} * * {days}"),
            length > TimeSpan.Zero ? length : length + TimeSpan.FromDays(1), zone);
    }

    static bool Time(string text, out TimeSpan time)
    {
        if (text == "24:00")
            return (time = TimeSpan.FromDays(1)) > TimeSpan.Zero;
        return TimeSpan.TryParseExact(text, ["h\\:mm", "hh\\:mm"], CultureInfo.InvariantCulture, out time) && time < TimeSpan.FromDays(1);
    }

    static Schedule Once(YamlFields fields, TimeZoneInfo zone)
    {
        var from = In(zone, Moment(fields.Text("from")!));
        var length = fields.Text("until") is { Length: > 0 } until ? In(zone, Moment(until)) - from : Length(fields.Duration("for"));
        return length > TimeSpan.Zero ? Schedule.Once(from, length) : throw new FormatException("until is not after from");
    }

    static DateTimeOffset In(TimeZoneInfo zone, DateTime local) => new(local, zone.GetUtcOffset(local));

    static TimeSpan Length(TimeSpan? length) => length is { } span && span > TimeSpan.Zero && span <= Schedule.Longest ? span
        : throw new FormatException("say how long it lasts: for: 2h, of at most 31 days");
}
