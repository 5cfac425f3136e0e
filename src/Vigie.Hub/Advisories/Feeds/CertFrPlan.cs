using System.Globalization;

namespace Vigie.Hub.Advisories.Feeds;

/// <summary>An advisory to ask for, with what is known of it without its record.</summary>
sealed record CertFrWanted(CertFrReference Reference, string? Title, string Description, DateOnly? Day, bool IsBacklog);

/// <summary>Decides which advisories one round asks for.</summary>
sealed class CertFrPlan(FeedRun run, int firstFill, DateTimeOffset now)
{
    const int AlertMonths = 24, MostRetries = 50, MostRefreshes = 50, FreshDays = 60;

    static readonly TimeSpan ListEvery = TimeSpan.FromHours(23), AlertEvery = TimeSpan.FromHours(24), AdvisoryEvery = TimeSpan.FromDays(7);

    readonly Dictionary<string, CertFrWanted> _wanted = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _memory = new(StringComparer.Ordinal);
    readonly List<string> _read = [];

    /// <summary>Whether some had to be left to the next round.</summary>
    public bool IsCut { get; private set; }

    public bool IsListingDue(string kind) =>
        run.Recall("listed " + kind) is not { } text
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var at)
            || now - at >= ListEvery
            || at > now;

    /// <summary>
    /// An unknown reference is wanted; a known one when its line was not there at the last round or reads otherwise: that is
    /// how the RSS shows a revision, whose date it does not tell. What is there at the first ring is no news.
    /// </summary>
    public void Ring(string kind, IReadOnlyList<CertFrRssItem> items)
    {
        string key = "rung " + kind;
        string? memory = run.Recall(key);
        var before = memory?.Split('\n').ToHashSet(StringComparer.Ordinal);
        foreach (var item in items)
            if (!run.Known.ContainsKey(item.Reference.Text) || (before is not null && !before.Contains(Line(item))))
                Want(new(item.Reference, item.Title, item.Description, item.Day, IsBacklog: before is null));
        _memory[key] = string.Join('\n', items.Select(Line));
    }

    /// <summary>What the listing has beyond the floor of the first fill, and what it says was revised since.</summary>
    public void List(string kind, IReadOnlyList<CertFrListed> newestFirst)
    {
        bool isFirst = run.Recall("listed " + kind) is null;
        long floor = 0;
        if (kind == "avis")
        {
            floor = firstFill < newestFirst.Count ? newestFirst[firstFill].Reference.Rank : 0;
            if (long.TryParse(run.Recall("floor " + kind), out long before))
                floor = Math.Min(floor, before);
            _memory["floor " + kind] = floor.ToString();
        }
        var oldestAlert = DateOnly.FromDateTime(now.UtcDateTime).AddMonths(-AlertMonths);
        foreach (var listed in newestFirst)
        {
            bool isWanted = run.Known.TryGetValue(listed.Reference.Text, out var known) ? listed.Last > known.Last
                : listed.Reference.IsAlert ? listed.Last is null || listed.Last >= oldestAlert
                : listed.Reference.Rank > floor;
            if (isWanted)
                Want(new(listed.Reference, null, "", listed.Last, isFirst));
        }
    }

    /// <summary>The listing was read, or has not changed.</summary>
    public void WasListed(string kind) => _read.Add(kind);

    /// <summary>News first, alerts before advisories; then what lacks its detail, then what may have been edited in silence.</summary>
    public IReadOnlyList<CertFrWanted> Wanted(int most)
    {
        var news = _wanted.Values
            .OrderBy(w => w.IsBacklog)
            .ThenByDescending(w => w.Reference.IsAlert)
            .ThenByDescending(w => w.Reference.Rank)
            .ToList();
        IsCut = news.Count > most;
        var rest = Again(k => k.Detail == DetailState.Missing, MostRetries).Concat(Again(IsOld, MostRefreshes));
        return [.. news.Take(most).Concat(rest)];
    }

    public void Remember()
    {
        if (IsCut)
            return;
        foreach (string kind in _read)
            run.Remember("listed " + kind, now.ToString("o"));
        foreach (var (key, value) in _memory)
            run.Remember(key, value);
    }

    /// <summary>What an item of the feed knows (its title) is better than what a listing knows.</summary>
    void Want(CertFrWanted wanted) => _wanted.TryAdd(wanted.Reference.Text, wanted);

    IEnumerable<CertFrWanted> Again(Func<KnownAdvisory, bool> which, int most) => run.Known.Values
        .Where(k => which(k) && !_wanted.ContainsKey(k.Reference)).OrderBy(k => k.Checked).Take(most)
        .Select(k => (CertFrReference.Parse(k.Reference), k.First)).Where(k => k.Item1 is { DetailPath: not null })
        .Select(k => new CertFrWanted(k.Item1!, null, "", k.First, IsBacklog: true));

    bool IsOld(KnownAdvisory known) => known.Detail == DetailState.Full && (known is { Type: Advisory.Alert, Closed: null }
        ? now - known.Checked >= AlertEvery
        : known.Last.AddDays(FreshDays) >= DateOnly.FromDateTime(now.UtcDateTime) && now - known.Checked >= AdvisoryEvery);

    static string Line(CertFrRssItem item)
    {
        byte[] words = System.Text.Encoding.UTF8.GetBytes(item.Title + '\n' + item.Description);
        var hash = System.Security.Cryptography.SHA256.HashData(words).AsSpan(0, 6);
        return $"{item.Reference.Text} {Convert.ToHexStringLower(hash)}";
    }
}
