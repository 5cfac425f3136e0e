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

    /// <summary>Why the last round failed; null when it succeeded.</summary>
    public string? LastError { get; private set; }

    public int Failures { get; private set; }

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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // a first round that takes long must not hold up the start
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PoolContext.RunAsync(work, stoppingToken);
                if (LastError is not null)
                    Log.LoopRecovered(log, Name);
                (LastError, Failures) = (null, 0);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Failures++;
                if (LastError != e.Message)
                    Log.LoopFailed(log, Name, e.Message, e is OutsideException or StoreUnavailableException ? null : e);
                LastError = e.Message;
            }
            await PauseAsync(stoppingToken);
        }
    }

    /// <summary>
    /// Twice as long after each failure. Work that is done often is then done more rarely; work that is done rarely is tried
    /// again soon, and at the latest when it would be due anyway.
    /// </summary>
    TimeSpan BackOff()
    {
        var first = every < FirstPause ? every : FirstPause;
        var most = every > LongestPause ? every : LongestPause;
        var pause = first * Math.Pow(2, Math.Min(Failures - 1, 20));
        return pause < most ? pause : most;
    }

    async Task PauseAsync(CancellationToken ct)
    {
        var pause = Failures == 0 ? every : BackOff();
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
