namespace Vigie.Hub.Alerts;

/// <summary>
/// How soon rules are evaluated again. What has just arrived is looked at within a second; but never so often that it takes more than a
/// tenth of a processor, however large the fleet.
/// </summary>
sealed class AlertPace(TimeProvider time)
{
    const int Share = 10;

    /// <summary>How often what the hub measures itself is stored: a series of its own for each host is dear.</summary>
    static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(15), Least = TimeSpan.FromSeconds(1);

    long? _ended, _swept;
    TimeSpan _took;

    /// <summary>The pause that is still due before the next round.</summary>
    public TimeSpan Pause => _ended is { } ended && Gap - time.GetElapsedTime(ended) is { Ticks: > 0 } rest ? rest : TimeSpan.Zero;

    TimeSpan Gap => _took * Share > Least ? _took * Share : Least;

    /// <summary>True when it is time, and then not before the next time.</summary>
    public bool TakeSweep()
    {
        // A little early is better than a whole round late.
        if (_swept is { } last && time.GetElapsedTime(last) < SweepEvery - Least)
            return false;
        _swept = time.GetTimestamp();
        return true;
    }

    public async Task RunAsync(Func<Task> round, CancellationToken ct)
    {
        if (Pause is { Ticks: > 0 } pause)
            await Task.Delay(pause, time, ct);
        long began = time.GetTimestamp();
        try
        {
            await round();
        }
        finally
        {
            _ended = time.GetTimestamp();
            _took = time.GetElapsedTime(began, _ended.Value);
        }
    }
}
