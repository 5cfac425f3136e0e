namespace Vigie.Hub.Alerts.Backtests;

/// <summary>The state machine of one alert, over values in their order.</summary>
sealed class SeriesReplay(Rule rule, TimeSpan step)
{
    readonly List<Firing> _firings = [];
    readonly List<double> _values = [];

    long? _sinceMs, _firedMs, _heldMs, _lastMs;
    double _worst;

    public void Add(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < times.Length; i++)
            One(times[i], values[i]);
    }

    void One(long ms, double value)
    {
        // What is missing does not hold. A host that was silent is told of by another rule.
        if (_lastMs is { } last && ms - last > step.TotalMilliseconds * 1.5)
            Over(last + (long)step.TotalMilliseconds);
        _lastMs = ms;
        if (double.IsNaN(value))
            return; // not a number is no proof that it is over
        _values.Add(value);
        double? least = _firedMs is null ? rule.Threshold : rule.Clear ?? rule.Threshold;
        if (least is not null && value < least)
        {
            Over(ms);
            return;
        }
        _sinceMs ??= ms;
        _heldMs = ms;
        _worst = _sinceMs == ms ? value : Math.Max(_worst, value);
        if (_firedMs is null && ms - _sinceMs >= rule.For.TotalMilliseconds)
            _firedMs = ms;
    }

    void Over(long ms)
    {
        if (_firedMs is { } fired)
        {
            if (ms - _heldMs < rule.KeepFiringFor.TotalMilliseconds)
                return;
            _firings.Add(new(At(fired), At(ms), _worst));
        }
        (_sinceMs, _firedMs, _heldMs) = (null, null, null);
    }

    public IReadOnlyList<Firing> End(DateTimeOffset to)
    {
        if (_lastMs is { } last && to.ToUnixTimeMilliseconds() - last > step.TotalMilliseconds * 1.5)
            Over(last + (long)step.TotalMilliseconds);
        if (_firedMs is { } fired)
            _firings.Add(new(At(fired), null, _worst));
        _values.Sort();
        return _firings;
    }

    /// <summary>Not a number when there are no values. Of sorted values, that is behind <see cref="End"/>.</summary>
    public double Quantile(double quantile) =>
        _values.Count == 0 ? double.NaN : _values[Math.Min(_values.Count - 1, (int)Math.Ceiling(quantile * _values.Count) - 1)];

    static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
