namespace Vigie.Hub.Retention;

/// <summary>
/// Tells when the clock was set far ahead, by holding it against time that has passed: history that is deleted by a wrong
/// clock does not come back when the clock does.
/// </summary>
/// <param name="lastSeen">An instant that is past for certain, such as the newest sample's; null when none is known.</param>
/// <param name="longestOff">How much later than that the hub may start without doubt about the clock.</param>
sealed class ClockWatch(TimeProvider time, DateTimeOffset? lastSeen, TimeSpan longestOff)
{
    /// <summary>Corrections of a clock and a machine's naps are smaller than this, or do no harm.</summary>
    static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);

    /// <summary>Time for somebody to see the notice and to set the clock; then the clock is believed.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    DateTimeOffset _believed = lastSeen is { } seen && time.GetUtcNow() - seen > longestOff ? seen : time.GetUtcNow();
    long _at = time.GetTimestamp();
    long? _doubtedAt;

    /// <summary>How far ahead the clock is of what it should be; null while it is believed.</summary>
    public TimeSpan? Ahead { get; private set; }

    /// <summary>When it will be believed, by its own reckoning.</summary>
    public DateTimeOffset Until => time.GetUtcNow() + Patience - (_doubtedAt is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero);

    /// <summary>Whether the clock may be believed now. A clock that was set back deletes too little, and is believed.</summary>
    public bool Look()
    {
        var ahead = time.GetUtcNow() - _believed - time.GetElapsedTime(_at);
        if (ahead > Tolerance && (_doubtedAt is not { } since || time.GetElapsedTime(since) < Patience))
        {
            _doubtedAt ??= time.GetTimestamp();
            Ahead = ahead;
            return false;
        }
        (_believed, _at, _doubtedAt, Ahead) = (time.GetUtcNow(), time.GetTimestamp(), null, null);
        return true;
    }
}
