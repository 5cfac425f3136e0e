using Vigie.Hub.Configuration;
using Vigie.Storage;

namespace Vigie.Hub.Retention;

/// <summary>Cleans the history by the hour, unless the clock by which it would be done is in doubt. `vigie clean` doubts nothing.</summary>
sealed class RetentionRound(MetricStore store, HubOptions options, TimeProvider time, ILogger<RetentionRound> log)
{
    /// <summary>Made with the hub, so before its loops write samples by the same clock.</summary>
    public ClockWatch Clock { get; } = new(time, store.Newest, options.Retention.Raw);

    public async Task RunAsync(CancellationToken ct)
    {
        bool wasHeld = Clock.Ahead is not null;
        if (!Clock.Look())
        {
            if (!wasHeld)
                Log.CleaningHeld(log, Clock.Ahead!.Value, Clock.Until);
            return;
        }
        var age = options.Retention.Raw;
        long deleted = await store.CleanAsync(time.GetUtcNow() - age, exact: false, null, ct);
        if (deleted > 0)
            Log.Cleaned(log, deleted, age);
    }
}
