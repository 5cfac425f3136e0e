using Vigie.Core.Metrics;
using Vigie.Hub.Advisories.Data;
using Vigie.Hub.Advisories.Matching;
using Vigie.Hub.Alerts;
using Vigie.Hub.Alerts.Channels;
using Vigie.Hub.Configuration;
using Vigie.Hub.Inventory;

namespace Vigie.Hub.Advisories.Findings;

/// <summary>
/// Keeps the findings true: a host whose inventory is another one is judged anew, an advisory that has changed is judged for the hosts that have what
/// it touches, and new data of a distribution or of attacks judge the whole fleet. Ends by putting into the outbox what is to be told at once.
/// </summary>
sealed class FindingRound(AdvisoryStore advisories, DataStore data, FleetInventories fleet, FindingStore findings, AcceptanceStore acceptances,
    ReportedInventory reported, ChannelSet channels, DataFolder folder, TimeProvider time, ILogger<FindingRound> log)
{
    readonly SemaphoreSlim _one = new(1, 1);
    readonly Dictionary<string, MatchAdvisory> _advisories = new(StringComparer.Ordinal);
    readonly Dictionary<string, long> _changed = new(StringComparer.Ordinal);

    /// <summary>When the inventory came by which a host was judged, and what was found.</summary>
    readonly Dictionary<string, (long TimeMs, int Hash)> _judged = new(StringComparer.Ordinal);

    HashSet<string> _backlog = new(StringComparer.Ordinal);
    Knowledge _known = new(new(), Exploitation.None, "none");
    Matcher? _matcher;
    PendingUpdates _updates = new(new());
    DateTimeOffset _cleaned;

    /// <summary>Advisories of which a CVE is known to be exploited, as the last round knew.</summary>
    public IReadOnlySet<string> Exploited { get; private set; } = new HashSet<string>();

    /// <returns>How many hosts were judged.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            return await RoundAsync(ct);
        }
        finally
        {
            _one.Release();
        }
    }

    async Task<int> RoundAsync(CancellationToken ct)
    {
        var hosts = fleet.Read();
        var changed = ReadAdvisories();
        bool all = _matcher is null || data.Stamp() != _known.Stamp;
        var touched = all ? Rebuild() : Put(changed);
        if (all || changed.Count > 0)
            Exploited = _advisories.Values.Where(_known.Exploitation.IsExploited).Select(a => a.Reference).ToHashSet(StringComparer.Ordinal);
        int count = 0;
        foreach (var host in hosts.Values)
        {
            bool isOther = !_judged.TryGetValue(host.Host, out var before) || before.TimeMs != host.TimeMs;
            if (!all && !isOther && !(touched.Count > 0 && host.Packages.Any(touched.Contains)))
                continue;
            ct.ThrowIfCancellationRequested();
            await JudgeAsync(host, isOther && before.TimeMs != 0, before.Hash, ct);
            count++;
        }
        await CleanAsync(hosts, ct);
        await acceptances.ApplyAsync(_known.Exploitation, time.GetUtcNow(), ct);
        await findings.TellAsync((connection, transaction, reference) =>
        {
            int number = OutboxStore.Next(connection, NotificationKind.Advisory, reference);
            foreach (string channel in channels.Names)
                OutboxStore.Put(connection, transaction, NotificationKind.Advisory, reference, channel, time.GetUtcNow().ToUnixTimeMilliseconds(),
                    number: number);
            return number;
        }, ct);
        return count;
    }

    List<MatchAdvisory> ReadAdvisories()
    {
        var changed = new List<MatchAdvisory>();
        foreach (var (advisory, changedMs) in advisories.Changed(_changed))
        {
            var match = MatchAdvisory.Of(advisory);
            (_advisories[advisory.Reference], _changed[advisory.Reference]) = (match, changedMs);
            changed.Add(match);
        }
        if (changed.Count > 0)
            _backlog = advisories.Backlog();
        return changed;
    }

    HashSet<PackageProfile> Rebuild()
    {
        _known = data.Read((feed, problem) => Log.FeedNotice(log, feed, problem));
        _matcher = new(_advisories.Values, _known.Data, Aliases());
        _updates = new(_known.Data);
        return [];
    }

    HashSet<PackageProfile> Put(List<MatchAdvisory> changed) => [.. changed.SelectMany(_matcher!.Put)];

    AliasTable Aliases()
    {
        try
        {
            return AliasTable.With(Path.Combine(folder.Path, "aliases.tsv"));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            Log.FeedNotice(log, "aliases.tsv", $"{e.Message}; the shipped names alone are used");
            return AliasTable.Shipped;
        }
    }

    /// <param name="isInventoryNews">Something was installed: what holds for it is news even when the advisory is old.</param>
    async Task JudgeAsync(FleetHost host, bool isInventoryNews, int before, CancellationToken ct)
    {
        var matched = _matcher!.MatchPackages(host.Packages);
        var open = new List<PackageFinding>();
        foreach (var finding in matched.SelectMany(m => m))
            if (IsKept(finding))
                open.Add(finding);
        var updates = host.Packages.Select(_updates.Of).OfType<PendingUpdate>().DistinctBy(u => u.Package).ToList();
        bool isJudged = host.Packages.Count > 0
            && (_known.Data.Has(host.System.Suite) || (host.System.Minor is { } minor && _known.Data.Has(minor)));
        var weighed = open.ConvertAll(f => (Finding: f, Severity: FindingSeverity.Of(f, _known.Exploitation)));
        int hash = Hash(weighed, updates, isJudged);
        if (hash != before || isInventoryNews)
        {
            var document = reported.Of(host.Host)?.Document;
            await findings.ApplyAsync(host.Host, [.. weighed.Select(w => ToFinding(host.Host, w.Finding, w.Severity,
                w.Finding.Verdict == Verdict.FixAvailable && document is not null ? UpdateCommand.For(w.Finding, document) : null))],
                updates, isJudged, isInventoryNews ? new HashSet<string>() : _backlog, time.GetUtcNow(), ct);
        }
        _judged[host.Host] = (host.TimeMs, hash);
    }

    /// <summary>Of what only shares a CVE nobody is told; that nothing is known of it helps nobody either.</summary>
    static bool IsKept(PackageFinding finding) => finding.Tier == Tier.Concerns ? finding.Verdict.IsOpen()
        : finding.Verdict is Verdict.FixAvailable or Verdict.RestartNeeded or Verdict.FixPending;

    static int Hash(List<(PackageFinding, (FindingLevel, string))> weighed, List<PendingUpdate> updates, bool isJudged)
    {
        int sum = isJudged ? 1 : 0;
        foreach (var (f, (level, reason)) in weighed)
            sum = unchecked(sum + HashCode.Combine(f.Advisory.Reference, f.Package, f.Tier, f.Verdict, f.Fixed, level, reason,
                HashCode.Combine(f.Row, f.Cves)));
        foreach (var update in updates)
            sum = unchecked(sum + update.GetHashCode());
        return sum == 0 ? 1 : sum;
    }

    Finding ToFinding(string host, PackageFinding f, (FindingLevel Level, string Reason) severity, string? command)
    {
        bool isExploited = _known.Exploitation.IsExploited(f.Advisory);
        return new(host, f.Advisory.Reference, OutsideText.Line(f.Package.Source, 200), f.Tier, f.Verdict, severity.Level, severity.Reason,
            OutsideText.Line(f.Installed, 200), f.Fixed is null ? null : OutsideText.Line(f.Fixed, 200), OutsideText.Line(f.Reason, 600), command,
            isExploited, f is { Tier: Tier.Concerns, Verdict: Verdict.FixAvailable } && (isExploited || f.Advisory.IsOpenAlert));
    }

    async Task CleanAsync(IReadOnlyDictionary<string, FleetHost> hosts, CancellationToken ct)
    {
        var gone = _judged.Keys.Where(h => !hosts.ContainsKey(h)).ToList();
        var now = time.GetUtcNow();
        if (gone.Count == 0 && (now - _cleaned).Duration() < TimeSpan.FromDays(1))
            return;
        await findings.CleanAsync(hosts.Keys, now, ct);
        gone.ForEach(h => _judged.Remove(h));
        _cleaned = now;
    }
}
