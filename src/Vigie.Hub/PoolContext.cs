namespace Vigie.Hub;

/// <summary>
/// Lets work go on in the pool's threads after each await. Without it, it would go on where a socket's answer was read, in the
/// thread that reads all of the hub's sockets, and keep that from its work.
/// </summary>
sealed class PoolContext : SynchronizationContext
{
    static readonly PoolContext Instance = new();

    /// <summary>Runs work whose awaits all return to the pool.</summary>
    public static async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        var before = Current;
        SetSynchronizationContext(Instance);
        Task running;
        try
        {
            running = work(ct);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
        await running.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    public override void Post(SendOrPostCallback d, object? state) =>
        ThreadPool.UnsafeQueueUserWorkItem(static work =>
        {
            SetSynchronizationContext(Instance);
            try
            {
                work.d(work.state);
            }
            finally
            {
                SetSynchronizationContext(null);
            }
        }, (d, state), preferLocal: false);

    public override SynchronizationContext CreateCopy() => this;
}
