namespace Vigie.Agent.Http;

/// <summary>A token that ends after a time or with another token, used again for one call after the other.</summary>
sealed class Deadline(TimeProvider time) : IDisposable
{
    CancellationTokenSource? _source;
    CancellationTokenRegistration _linked;

    /// <summary>The token of a new call.</summary>
    public CancellationToken Start(TimeSpan most, CancellationToken ct)
    {
        // Only the system's own timers can be set anew; with a clock of the tests each call has a source of its own.
        if (_source is null || time != TimeProvider.System || !_source.TryReset())
        {
            _source?.Dispose();
            _source = new(most, time);
        }
        else
        {
            _source.CancelAfter(most);
        }
        _linked = ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        return _source.Token;
    }

    /// <summary>Ends the call's time now.</summary>
    public void Cancel() => _source?.Cancel();

    /// <summary>The call has ended.</summary>
    public void End()
    {
        _linked.Dispose();
        if (time == TimeProvider.System)
            _source?.TryReset();
    }

    public void Dispose()
    {
        _linked.Dispose();
        _source?.Dispose();
    }
}
