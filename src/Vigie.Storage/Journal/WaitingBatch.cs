using Vigie.Core.Metrics;

namespace Vigie.Storage;

/// <summary>A batch whose sender waits for the commit.</summary>
sealed class WaitingBatch(SampleBatch batch)
{
    readonly TaskCompletionSource _committed = new(); // whoever waits goes on in the thread that ends it

    public SampleBatch Batch { get; } = batch;

    /// <summary>Where its series stand among those of the commit.</summary>
    public int From { get; set; }

    public WriteResult Result { get; set; }

    /// <summary>Ends with the commit.</summary>
    public Task Committed => _committed.Task;

    public void End(Exception? error)
    {
        if (error is null)
            _committed.SetResult();
        else if (error is StoreUnavailableException or DatabaseException)
            _committed.SetException(new StoreUnavailableException(error.Message, error));
        else
            _committed.SetException(new InvalidOperationException($"a commit has failed: {error.Message}", error));
    }

    /// <summary>Puts the samples into the head. Returns how many it has gained.</summary>
    public int Enter(SeriesEntry?[] entries)
    {
        int gained = 0;
        var series = Batch.Series;
        var times = Batch.TimesMs;
        var values = Batch.Values;
        for (int i = 0; i < series.Length; i++)
        {
            if (entries[From + i] is not { } entry)
                continue;
            gained += entry.Group.Set(entry, times[i], values[i]);
            if (!ReferenceEquals(series[i].StoreSlot, entry))
                series[i].StoreSlot = entry;
        }
        return gained;
    }
}
