using Vigie.Core.Metrics;

namespace Vigie.Hub;

/// <summary>
/// The one guard of all background work: what fails is logged with its reason, backed off and tried again, and never ends
/// the loop. Its last failure can be shown.
/// </summary>
sealed class BackgroundLoop(string name, TimeSpan every, Func<CancellationToken, Task> work, TimeProvider time, ILogger<BackgroundLoop> log)
    : BackgroundService
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1), LongestPause = TimeSpan.FromMinutes(10);

    readonly SemaphoreSlim _wake = new(0, 1);

    public string Name { get; } = name;

    volatile Failure? _failure;
    long _lastSuccessTicks;

    /// <summary>Rounds that have failed since one succeeded, and why the last one did.</summary>
    public sealed record Failure(int Times, string Reason);

    /// <summary>Null when the last round succeeded. Number and reason are seen together.</summary>
    public Failure? LastFailure => _failure;

    /// <summary>Starts the next round now.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <summary>When a round last succeeded; null before the first has.</summary>
    public DateTimeOffset? LastSuccess => Interlocked.Read(ref _lastSuccessTicks) is > 0 and var ticks ? new(ticks, TimeSpan.Zero) : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // a first round that takes long must not hold up the start
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PoolContext.RunAsync(work, stoppingToken);
                if (_failure is not null)
                    Log.LoopRecovered(log, Name);
                _failure = null;
                Interlocked.Exchange(ref _lastSuccessTicks, time.GetUtcNow().UtcTicks);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (_failure?.Reason != e.Message)
                    Log.LoopFailed(log, Name, e.Message, e is OutsideException or StoreUnavailableException ? null : e);
                _failure = new Failure((_failure?.Times ?? 0) + 1, e.Message);
            }
            await PauseAsync(stoppingToken);
        }
    }

    /// <summary>
    /// Twice as long after each failure. Work that is done often is then done more rarely; work that is done rarely is tried
    /// again soon, and at the latest when it would be due anyway.
    /// </summary>
    TimeSpan BackOff(int failures)
    {
        var first = every < FirstPause ? every : FirstPause;
        var most = every > LongestPause ? every : LongestPause;
        var pause = first * Math.Pow(2, Math.Min(failures - 1, 20));
        return pause < most ? pause : most;
    }

    async Task PauseAsync(CancellationToken ct)
    {
        var pause = _failure is { } failure ? BackOff(failure.Times) : every;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            await Task.WhenAny(Task.Delay(pause, time, stop.Token), _wake.WaitAsync(stop.Token));
        }
        finally
        {
            await stop.CancelAsync();
        }
    }
}
