using Vigie.Core.Metrics;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Alerts.Channels;

namespace Vigie.Hub.Advisories;

/// <summary>What one round of a feed came to.</summary>
/// <param name="Problems">The documents that could not be read, each with its reason.</param>
sealed record FeedReport(string Feed, int New, int Changed, int Same, IReadOnlyList<string> Problems);

/// <summary>
/// Runs a feed's round: each advisory is stored as it comes, so a round that breaks off has lost nothing. A new alert is told
/// by every channel, except for what was there before the first round was complete.
/// </summary>
sealed class FeedRunner(AdvisoryStore advisories, FeedStore feeds, ChannelSet channels, TimeProvider time, ILogger<FeedRunner> log)
{
    const int MostLogged = 10;

    readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>A round has stored something new.</summary>
    public event Action? Changed;

    /// <exception cref="FeedException">The source can't be used now; the feed's state says why.</exception>
    public async Task<FeedReport> RunAsync(IFeed feed, IProgress<double>? progress, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var state = feeds.Find(feed.Name);
            var run = new FeedRun(advisories.KnownOf(feed.Name), feeds.Memory(feed.Name), progress);
            try
            {
                var report = await ConsumeAsync(feed, run, isFirst: state.Filled is null, ct);
                var now = time.GetUtcNow();
                await SaveAsync(feed, run, state with { Filled = state.Filled ?? now, Succeeded = now, Error = null });
                return report;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                await RememberAsync(feed, run);
                throw;
            }
            catch (Exception e) when (e is not StoreUnavailableException)
            {
                await SaveAsync(feed, run, state with { Error = e.Message });
                throw;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    async Task<FeedReport> ConsumeAsync(IFeed feed, FeedRun run, bool isFirst, CancellationToken ct)
    {
        int[] counts = new int[3];
        await foreach (var (advisory, isBacklog) in feed.FetchAsync(run, ct))
        {
            var change = await advisories.SaveAsync(advisory, isFirst || isBacklog ? [] : channels.Names, time.GetUtcNow(), ct,
                isFirst || isBacklog);
            counts[(int)change.Outcome]++;
        }
        if (counts[(int)SaveOutcome.New] + counts[(int)SaveOutcome.Changed] > 0)
            Changed?.Invoke();
        return new(feed.Title, counts[(int)SaveOutcome.New], counts[(int)SaveOutcome.Changed], counts[(int)SaveOutcome.Same], run.Problems);
    }

    async Task SaveAsync(IFeed feed, FeedRun run, FeedState state)
    {
        foreach (string problem in run.Problems.Take(MostLogged))
            Log.FeedNotice(log, feed.Title, problem);
        if (run.Problems.Count > MostLogged)
            Log.FeedNotice(log, feed.Title, $"{run.Problems.Count - MostLogged} more documents could not be read");
        await RememberAsync(feed, run);
        await feeds.SaveAsync(feed.Name,
            state with { Tried = time.GetUtcNow(), Problems = run.Problems.Count, Problem = run.Problems.FirstOrDefault() },
            CancellationToken.None);
    }

    /// <summary>Even at the hub's end: what was learned is kept.</summary>
    async Task RememberAsync(IFeed feed, FeedRun run)
    {
        await feeds.RememberAsync(feed.Name, run.Remembered, CancellationToken.None);
        await advisories.CheckedAsync(run.Checked, time.GetUtcNow(), CancellationToken.None);
    }
}
