using Vigie.Core.Metrics;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Feeds;

namespace Vigie.Hub.Advisories.Findings;

/// <summary>Findings and the age of feeds as metrics of the hub, for rules and charts.</summary>
sealed class FindingMetrics(FindingStore findings, FeedAges ages, TimeProvider time)
{
    static readonly MetricInfo Findings = new("vigie.findings", "{finding}", MetricKind.Gauge,
        "Advisories' packages on a host with something left to do or to know, by severity and state, without accepted risks.");

    static readonly MetricInfo Age = new("vigie.feed.age", "s", MetricKind.Gauge,
        "Time since a feed that is needed last answered; of one that never has, since the hub started.");

    readonly HashSet<(string, string, string)> _told = [];

    public void AddTo(SampleBatch batch)
    {
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var now = findings.Counts().ToDictionary(c => (c.Host, c.Level, c.Verdict), c => c.Count);
        // One that is over has to go to zero, or it would look as if nobody knew.
        foreach (var gone in _told.Where(t => !now.ContainsKey(t)).ToList())
        {
            Add(batch, gone, nowMs, 0);
            _told.Remove(gone);
        }
        foreach (var (key, count) in now)
        {
            _told.Add(key);
            Add(batch, key, nowMs, count);
        }
        foreach (var feed in ages.All().Where(f => f.IsNeeded))
            batch.Add(new Series(Labels.Of(StoredNames.Metric(Age), ("feed", feed.Name)), Age), nowMs, ages.Age(feed).TotalSeconds);
    }

    static void Add(SampleBatch batch, (string Host, string Level, string Verdict) key, long nowMs, double value) =>
        batch.Add(new Series(Labels.Of(StoredNames.Metric(Findings), ("host", key.Host), ("severity", key.Level), ("state", key.Verdict)), Findings),
            nowMs, value);
}
