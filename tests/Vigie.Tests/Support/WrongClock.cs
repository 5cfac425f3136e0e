using Microsoft.Extensions.Time.Testing;

namespace Vigie.Tests.Support;

/// <summary>A clock that can be set while time passes all the same: timers and time stamps don't notice.</summary>
sealed class WrongClock(DateTimeOffset start) : TimeProvider
{
    readonly FakeTimeProvider _true = new(start);
    TimeSpan _wrong;

    public void Advance(TimeSpan by) => _true.Advance(by);

    public void Set(TimeSpan by) => _wrong += by;

    public override DateTimeOffset GetUtcNow() => _true.GetUtcNow() + _wrong;

    public override long GetTimestamp() => _true.GetTimestamp();

    public override long TimestampFrequency => _true.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => _true.LocalTimeZone;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _true.CreateTimer(callback, state, dueTime, period);
}
