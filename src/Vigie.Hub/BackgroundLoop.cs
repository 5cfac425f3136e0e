namespace Vigie.Hub;

/// <summary>
/// The one guard of all background work: what fails is logged with its reason, backed off and tried again, and never ends
/// the loop. Its last failure can be shown.
/// </summary>
sealed class BackgroundLoop(string name, TimeSpan every, Func<CancellationToken, Task> work, TimeProvider time, ILogger<BackgroundLoop> log)
    : BackgroundService
{
    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

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
                await work(stoppingToken);
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
                    Log.LoopFailed(log, Name, e.Message, e);
                LastError = e.Message;
            }
            await PauseAsync(stoppingToken);
        }
    }

    async Task PauseAsync(CancellationToken ct)
    {
        double factor = Math.Min(Math.Pow(2, Math.Max(0, Failures - 1)), 1024);
        var pause = every * factor;
        if (Failures > 1 && pause > LongestPause)
            pause = every > LongestPause ? every : LongestPause;
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
