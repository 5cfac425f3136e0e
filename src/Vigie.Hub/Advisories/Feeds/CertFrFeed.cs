using System.Runtime.CompilerServices;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Advisories.Feeds;

/// <summary>
/// CERT-FR. The RSS rings at each round; once a day the listings bring what it lost and what was revised; the record of each
/// advisory comes one by one. An advisory without a record is kept with what its feed told, and asked for again.
/// </summary>
sealed class CertFrFeed(HubOptions options, TimeProvider time) : IFeed, IDisposable
{
    public const string FeedName = "CertFr";

    const long MostDetail = 2 << 20, MostListing = 20 << 20, MostRss = 5 << 20;

    /// <summary>So that a long backlog does not keep the bell from being heard.</summary>
    const int MostPerRound = 1000;

    /// <summary>A source that fails this often in a row is left alone until the next round.</summary>
    const int MostFailures = 3;

    static readonly string[] Kinds = ["alerte", "avis"];

    readonly CertFrOptions _options = options.Feeds.CertFr;
    readonly FeedClient _client = new(options.Feeds.CertFr.BaseUrl, time);

    public string Name => FeedName;

    public string Title => "CERT-FR";

    public string Address => _options.BaseUrl;

    public bool IsEnabled => _options.Enabled;

    public TimeSpan Every => _options.Every;

    public async IAsyncEnumerable<FeedItem> FetchAsync(FeedRun run, [EnumeratorCancellation] CancellationToken ct)
    {
        var plan = new CertFrPlan(run, _options.FirstFill, time.GetUtcNow());
        var indexes = new List<Index>();
        foreach (string kind in Kinds)
            indexes.Add(await ReadAsync(run, $"/{kind}/feed/", MostRss, "application/rss+xml", IsRss, body =>
            {
                var (items, skipped) = CertFrRss.Parse(body);
                if (skipped > 0)
                    run.Problem($"/{kind}/feed/", $"{skipped} items whose link names no publication were left out");
                plan.Ring(kind, items);
            }, ct));
        foreach (string kind in Kinds.Where(plan.IsListingDue))
        {
            indexes.Add(await ReadAsync(run, $"/{kind}/json/", MostListing, "application/json", IsJson, body =>
                plan.List(kind, CertFrListing.Parse(body, kind == "avis" ? "AVI" : Advisory.Alert)), ct));
            if (indexes[^1].Failure is null)
                plan.WasListed(kind);
        }
        if (indexes.TrueForAll(i => i.Failure is not null))
            throw new FeedException($"nothing can be read from {_options.BaseUrl}: {indexes[0].Path}: {indexes[0].Failure}");
        var wanted = plan.Wanted(MostPerRound);
        int failures = 0;
        foreach (var (i, want) in wanted.Index())
        {
            run.Report(i, wanted.Count);
            if (i > 0 && want.Reference.DetailPath is not null)
                await Task.Delay(_options.Pause, time, ct);
            var (advisory, isDown) = await DetailAsync(run, want, ct);
            if (advisory is not null)
                yield return new(advisory, want.IsBacklog);
            failures = isDown ? failures + 1 : 0;
            if (failures == MostFailures)
                throw new FeedException($"{_options.BaseUrl} stopped answering: {run.Problems[^1]}");
        }
        run.Report(1, 1);
        if (!plan.IsCut)
            foreach (var index in indexes.Where(i => i.Failure is null))
                index.Remember(run);
        plan.Remember();
    }

    /// <summary>Reads a feed or a listing; one that can't be read is a problem, not the end.</summary>
    async Task<Index> ReadAsync(FeedRun run, string path, long most, string accept, Func<string, bool> isType,
        Action<byte[]> read, CancellationToken ct)
    {
        var fetched =
            await _client.GetAsync(new(path, most, accept, isType, run.Recall("etag " + path), run.Recall("modified " + path)), ct);
        string? failure = fetched.Outcome is FetchOutcome.Fresh or FetchOutcome.Unchanged ? null : fetched.Reason;
        try
        {
            if (fetched.Outcome == FetchOutcome.Fresh)
                read(fetched.Body);
        }
        catch (FormatException e)
        {
            failure = e.Message;
        }
        if (failure is not null)
            run.Problem(path, failure);
        return new(path, failure, fetched.Outcome == FetchOutcome.Fresh ? fetched : null);
    }

    /// <summary>The advisory, or null when the stored one holds; and whether the source did not answer.</summary>
    async Task<(Advisory? Advisory, bool IsDown)> DetailAsync(FeedRun run, CertFrWanted want, CancellationToken ct)
    {
        var known = run.Known.GetValueOrDefault(want.Reference.Text);
        var day = want.Day ?? known?.First ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var stub = CertFrRecord.Stub(want.Reference, want.Title, day, want.Description);
        if (want.Reference.DetailPath is not { } path)
            return (stub, false);
        bool conditional = known is { Detail: DetailState.Full };
        var fetched =
            await _client.GetAsync(new(path, MostDetail, "application/json", IsJson,
                conditional ? run.Recall("etag " + path) : null, conditional ? run.Recall("modified " + path) : null), ct);
        string? reason = fetched.Reason;
        if (fetched.Outcome == FetchOutcome.Fresh)
        {
            try
            {
                var advisory = CertFrRecord.Parse(fetched.Body, want.Reference, day);
                new Index(path, null, fetched).Remember(run);
                return (advisory, false);
            }
            catch (FormatException e)
            {
                reason = e.Message;
            }
        }
        run.WasChecked(want.Reference.Text);
        if (fetched.Outcome == FetchOutcome.Unchanged)
            return (null, false);
        run.Problem(want.Reference.Text, reason!);
        return (known is null ? stub : null, fetched.Outcome == FetchOutcome.Unavailable);
    }

    static bool IsJson(string type) => type is "application/json" or "text/json" || type.EndsWith("+json", StringComparison.Ordinal);

    /// <summary>Mirrors serve it under many names; whether it is RSS is seen in it.</summary>
    static bool IsRss(string type) => type is not "text/html";

    public void Dispose() => _client.Dispose();

    /// <summary>A document that was asked for. Its validators hold once everything it named is stored.</summary>
    sealed record Index(string Path, string? Failure, Fetched? Fresh)
    {
        public void Remember(FeedRun run)
        {
            if (Fresh is not { } fresh)
                return;
            run.Remember("etag " + Path, fresh.ETag ?? "");
            run.Remember("modified " + Path, fresh.LastModified ?? "");
        }
    }
}
