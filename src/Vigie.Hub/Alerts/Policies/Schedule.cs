using Cronos;

namespace Vigie.Hub.Alerts.Policies;

/// <summary>Times that come again, or come once. Times of day are those of a zone: two o'clock stays two o'clock when the clocks change.</summary>
sealed class Schedule
{
    /// <summary>As long as one of its times may last.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    readonly CronExpression? _begins;
    readonly TimeSpan _length;
    readonly TimeZoneInfo _zone;
    readonly DateTimeOffset _from;

    Schedule(CronExpression? begins, TimeSpan length, TimeZoneInfo zone, DateTimeOffset from) =>
        (_begins, _length, _zone, _from) = (begins, length, zone, from);

    public static Schedule Once(DateTimeOffset from, TimeSpan length) => new(null, length, TimeZoneInfo.Utc, from);

    /// <param name="cron">Five fields, as cron has them.</param>
    /// <exception cref="CronFormatException">It isn't that.</exception>
    public static Schedule Again(string cron, TimeSpan length, TimeZoneInfo zone) => new(CronExpression.Parse(cron), length, zone, default);

    /// <summary>When the time ends that a moment is in; null when it is in none.</summary>
    public DateTimeOffset? EndOf(DateTimeOffset at)
    {
        if (_begins is null)
            return _from <= at && at < _from + _length ? _from + _length : null;
        // The last one that has begun is the one that lasts longest.
        var begun = _begins.GetOccurrences(at - _length, at, _zone, fromInclusive: false, toInclusive: true).Select(o => (DateTimeOffset?)o).LastOrDefault();
        return begun + _length;
    }

    /// <summary>When it next begins; null when it does not.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) =>
        _begins is null ? _from > after ? _from : null : _begins.GetNextOccurrence(after, _zone);
}
