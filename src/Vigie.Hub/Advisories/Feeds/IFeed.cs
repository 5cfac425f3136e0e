namespace Vigie.Hub.Advisories.Feeds;

/// <summary>The source can't be used now, as a whole; the message says why. What was yielded before stays.</summary>
sealed class FeedException(string message) : OutsideException(message);

/// <param name="IsBacklog">It is part of what was there before the hub began to listen: nobody is told.</param>
readonly record struct FeedItem(Advisory Advisory, bool IsBacklog);

/// <summary>
/// A source of advisories. One file; found, not listed. A round can be repeated or broken off at any point without loss and
/// without a second effect. A document that can't be read is reported by <see cref="FeedRun.Problem"/> and the rest goes on.
/// </summary>
interface IFeed
{
    /// <summary>Name of its section under Feeds in the settings; persisted.</summary>
    string Name { get; }

    /// <summary>As people call it.</summary>
    string Title { get; }

    /// <summary>Where it asks, for people.</summary>
    string Address { get; }

    bool IsEnabled { get; }

    TimeSpan Every { get; }

    /// <summary>One round: yields what is new or may have changed. Each advisory is stored before the next is asked for.</summary>
    /// <exception cref="FeedException">The source does not answer, or nothing of it can be read.</exception>
    IAsyncEnumerable<FeedItem> FetchAsync(FeedRun run, CancellationToken ct);
}

/// <summary>What a feed gets for one round, and what it tells beside advisories.</summary>
/// <param name="known">The feed's stored advisories, by reference.</param>
/// <param name="memory">What it remembered in earlier rounds.</param>
/// <param name="progress">Done part, 0 to 1.</param>
sealed class FeedRun(IReadOnlyDictionary<string, KnownAdvisory> known, IReadOnlyDictionary<string, string> memory,
    IProgress<double>? progress = null)
{
    readonly Dictionary<string, string> _remembered = new(StringComparer.Ordinal);
    readonly HashSet<string> _checked = new(StringComparer.Ordinal);
    readonly List<string> _problems = [];

    public IReadOnlyDictionary<string, KnownAdvisory> Known => known;

    public IReadOnlyDictionary<string, string> Remembered => _remembered;

    public IReadOnlyCollection<string> Checked => _checked;

    public IReadOnlyList<string> Problems => _problems;

    public string? Recall(string key) => _remembered.GetValueOrDefault(key) ?? memory.GetValueOrDefault(key);

    /// <summary>Kept for the next rounds. Only what is true of advisories already yielded, or a break would lose them.</summary>
    public void Remember(string key, string value) => _remembered[key] = value;

    /// <summary>The source was asked for this advisory and has nothing new, or does not have it.</summary>
    public void WasChecked(string reference) => _checked.Add(reference);

    /// <summary>A document could not be read.</summary>
    public void Problem(string document, string reason) => _problems.Add(OutsideText.Line($"{document}: {reason}"));

    public void Report(int done, int total) => progress?.Report(total == 0 ? 1 : (double)done / total);
}
