namespace Vigie.Agent.Link;

/// <summary>
/// How long to wait before the next try: doubling from a second to a minute, each shortened at random by up to half, so that a fleet does
/// not return to its hub in step. A wait the hub asked for is kept, up to an hour.
/// </summary>
sealed class Backoff(Random random)
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromMinutes(1), LongestAsked = TimeSpan.FromHours(1);

    TimeSpan _current = First;

    public TimeSpan Next(TimeSpan? asked)
    {
        var wait = _current * (1 - random.NextDouble() / 2);
        _current = _current * 2 < Longest ? _current * 2 : Longest;
        if (asked is not { } least || least <= wait)
            return wait;
        // The hub names the same moment to all; whole fleets must not come back in it.
        return (least < LongestAsked ? least : LongestAsked) + wait - First / 2;
    }

    public void Reset() => _current = First;
}
