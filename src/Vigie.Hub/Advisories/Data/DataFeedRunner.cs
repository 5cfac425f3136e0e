using Vigie.Core.Metrics;
using Vigie.Hub.Advisories.Feeds;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Data;

/// <summary>What one round of a data feed came to.</summary>
/// <param name="Documents">That the fleet needs.</param>
/// <param name="Fetched">That came anew.</param>
sealed record DataReport(string Feed, int Documents, int Fetched, int Rows, IReadOnlyList<string> Problems);

/// <summary>
/// Fetches what the fleet needs of a data feed when it is due. A document goes to a nameless file on the disk, is filtered while it is read, and
/// replaces its predecessor in one transaction: what breaks off leaves the old one in force.
/// </summary>
sealed class DataFeedRunner(DataStore store, FeedStore states, FleetInventories fleet, DataFolder folder, TimeProvider time,
    ILogger<DataFeedRunner> log)
{
    /// <summary>How often the feeds look whether something is due.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMinutes(5);

    /// <summary>A new package somewhere does not make the hub fetch everything again at once, again and again.</summary>
    static readonly TimeSpan Again = TimeSpan.FromMinutes(30);

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>What is kept has changed.</summary>
    public event Action? Changed;

    /// <param name="now">Whether to ask for what is not due, too.</param>
    /// <exception cref="FeedException">Nothing can be had of the source; the feed's state says why.</exception>
    public async Task<DataReport> RunAsync(IDataFeed feed, bool now, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            return await RoundAsync(feed, now, ct);
        }
        finally
        {
            _one.Release();
        }
    }

    async Task<DataReport> RoundAsync(IDataFeed feed, bool now, CancellationToken ct)
    {
        var documents = feed.Documents(new(fleet.Read().Values));
        var kept = store.Of(feed.Name).ToDictionary(k => k.Path, StringComparer.Ordinal);
        if (kept.Keys.Except(documents.Select(d => d.Path), StringComparer.Ordinal).Any())
        {
            await store.KeepOnlyAsync(feed.Name, [.. documents.Select(d => d.Path)], ct);
            Changed?.Invoke();
        }
        var due = documents.Where(d => now || IsDue(feed, d, kept.GetValueOrDefault(d.Path))).ToList();
        var problems = new List<string>();
        if (due.Count == 0)
            return new(feed.Title, documents.Count, 0, kept.Values.Sum(k => k.Rows), problems);
        int fetched = 0;
        var state = states.Find(feed.Name);
        try
        {
            if (!Uri.TryCreate(feed.Options.BaseUrl, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
                throw new FeedException($"Feeds:{feed.Name}:BaseUrl is \"{feed.Options.BaseUrl}\"; write an address like https://mirror.example.org");
            using var client = new FeedClient(feed.Options.BaseUrl, time);
            foreach (var document in due)
                fetched += await FetchAsync(feed, client, document, kept.GetValueOrDefault(document.Path), problems, ct) ? 1 : 0;
            if (problems.Count == due.Count)
                throw new FeedException($"nothing can be read from {feed.Options.BaseUrl}: {problems[0]}");
            state = state with { Filled = state.Filled ?? time.GetUtcNow(), Succeeded = time.GetUtcNow(), Error = null };
        }
        catch (FeedException e)
        {
            state = state with { Error = e.Message };
            throw;
        }
        finally
        {
            foreach (string problem in problems)
                Log.FeedNotice(log, feed.Title, problem);
            if (!ct.IsCancellationRequested)
                await states.SaveAsync(feed.Name,
                    state with { Tried = time.GetUtcNow(), Problems = problems.Count, Problem = problems.FirstOrDefault() }, CancellationToken.None);
            if (fetched > 0)
                Changed?.Invoke();
        }
        return new(feed.Title, documents.Count, fetched, store.Of(feed.Name).Sum(k => k.Rows), problems);
    }

    bool IsDue(IDataFeed feed, DataDocument document, KeptDocument? kept)
    {
        if (kept is null)
            return true;
        var age = time.GetUtcNow() - kept.Fetched;
        return age >= feed.Options.Every || age < TimeSpan.Zero || (age >= Again && !kept.Covers(document.Wanted));
    }

    /// <summary>True when it came anew.</summary>
    async Task<bool> FetchAsync(IDataFeed feed, FeedClient client, DataDocument document, KeptDocument? kept, List<string> problems,
        CancellationToken ct)
    {
        // What was filtered for less than is wanted now has to come whole, changed or not.
        var known = kept is not null && kept.Covers(document.Wanted) ? kept : null;
        await using var file = NamelessFile.Open(folder);
        var fetched = await client.DownloadAsync(new(document.Path, document.Most, document.Accept, document.IsType, known?.ETag, known?.LastModified)
        { Patience = Patience }, file, ct);
        switch (fetched.Outcome)
        {
            case FetchOutcome.Unchanged when known is not null:
                await store.HoldsAsync(feed.Name, document.Path, time.GetUtcNow(), ct);
                return false;
            case not FetchOutcome.Fresh:
                problems.Add(OutsideText.Line($"{document.Path}: {fetched.Reason ?? "the server says it is unchanged, but was not asked that"}"));
                return false;
        }
        try
        {
            file.Position = 0;
            var packed = document.Pack(file, ct);
            if (packed.Rows == 0 && kept is { Rows: > 0 } && kept.Covers(document.Wanted) && document.Wanted is null)
                throw new FormatException("it is empty where something was");
            await store.SaveAsync(new(feed.Name, document.Path, fetched.ETag, fetched.LastModified, time.GetUtcNow(), packed.Rows,
                KeptDocument.Text(document.Wanted)), packed.Bytes, ct);
            return true;
        }
        catch (FormatException e)
        {
            problems.Add(OutsideText.Line($"{document.Path}: {e.Message}"));
            return false;
        }
    }
}
