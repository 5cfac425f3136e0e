using System.Runtime.CompilerServices;

namespace Vigie.Agent.Running;

/// <summary>
/// The fixed grid of ticks: whole multiples of the interval since the Unix epoch, so every agent of a fleet samples at :00, :15, :30
/// and :45, and samples of different hosts line up.
/// </summary>
readonly record struct TickGrid(TimeSpan Interval)
{
    /// <summary>The last grid point that is not after the given time.</summary>
    public DateTimeOffset AtOrBefore(DateTimeOffset time) =>
        DateTimeOffset.UnixEpoch + TimeSpan.FromTicks((time - DateTimeOffset.UnixEpoch).Ticks / Interval.Ticks * Interval.Ticks);

    public DateTimeOffset After(DateTimeOffset time) => AtOrBefore(time) + Interval;

    /// <summary>
    /// Waits for the next grid point and returns it. A clock that jumps forward gives the grid point just passed, ticks missed are
    /// left out, and a clock that jumps backward is followed at once: never is the wait longer than one interval.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<DateTimeOffset> NextAsync(TimeProvider time, Waker waker, CancellationToken ct)
    {
        var next = After(time.GetUtcNow());
        while (true)
        {
            var left = next - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
                return AtOrBefore(time.GetUtcNow());
            if (left > Interval)
                next = After(time.GetUtcNow());
            else
                await waker.WaitAsync(left, ct);
        }
    }
}
