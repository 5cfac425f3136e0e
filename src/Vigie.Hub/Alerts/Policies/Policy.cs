using System.IO.Enumeration;
using Vigie.Hub.Alerts.Channels;

namespace Vigie.Hub.Alerts.Policies;

/// <summary>What the people of a site have declared in one file: which servers carry which tags, rules, who is told of what, and when not.</summary>
sealed record Policy
{
    public static Policy None { get; } = new();

    /// <summary>Patterns of hosts, by the tag that they carry.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Tags { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary>Names of built-in rules that are off.</summary>
    public IReadOnlyList<string> Off { get; init; } = [];

    public IReadOnlyList<Route> Routes { get; init; } = [];

    public IReadOnlyList<Window> Windows { get; init; } = [];

    public IReadOnlyList<Rota> Rotas { get; init; } = [];

    /// <summary>Channels besides those of config.json.</summary>
    public IReadOnlyDictionary<string, ChannelOptions> Channels { get; init; } = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal);

    /// <summary>All that stands in the file, for telling what has changed: section and name, and its text in one spelling.</summary>
    public IReadOnlyDictionary<(string Section, string Name), string> Items { get; init; } = new Dictionary<(string, string), string>();
}

/// <summary>Which alerts something is about. An empty list is every one.</summary>
/// <param name="Hosts">Names with <c>*</c> for any text, or <c>tag:NAME</c>.</param>
/// <param name="Severity"><c>warning</c> or <c>critical</c>; null for both.</param>
sealed record AlertMatch(IReadOnlyList<string> Hosts, IReadOnlyList<string> Rules, string? Severity)
{
    public bool Matches(Alert alert, IReadOnlyCollection<string> tags) => (Severity is null || alert.Severity == Severity)
        && (Rules.Count == 0 || Rules.Any(r => Glob(r, alert.Rule))) && (Hosts.Count == 0 || Hosts.Any(h => IsHost(h, alert.Host, tags)));

    /// <summary>Whether a pattern means this host.</summary>
    public static bool IsHost(string pattern, string host, IReadOnlyCollection<string> tags) =>
        pattern.StartsWith(TagPrefix, StringComparison.Ordinal) ? tags.Any(t => Glob(pattern[TagPrefix.Length..], t)) : Glob(pattern, host);

    public static bool Glob(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    public const string TagPrefix = "tag:";
}

/// <summary>Where alerts go. The first that matches counts, and those behind it only where it says <c>continue</c>.</summary>
/// <param name="Channels">Names of channels, or <c>rota:NAME</c> for whoever has the duty.</param>
/// <param name="Quiet">Times in which what is not critical waits; null for none.</param>
sealed record Route(string Name, AlertMatch Match, IReadOnlyList<string> Channels, IReadOnlyList<EscalationStep> Escalation, Schedule? Quiet, bool Continue);

/// <summary>Who else is told, when nobody has acknowledged an incident so long after it began.</summary>
sealed record EscalationStep(TimeSpan After, IReadOnlyList<string> Channels);

/// <summary>A maintenance window: times in which certain alerts tell nobody.</summary>
sealed record Window(string Name, AlertMatch Match, Schedule Schedule, string Times, string Note)
{
    public bool Covers(Alert alert, IReadOnlyCollection<string> tags, DateTimeOffset at) => Schedule.EndOf(at) is not null && Match.Matches(alert, tags);
}

/// <summary>Channels that take turns.</summary>
sealed record Rota(string Name, IReadOnlyList<string> Members, DateTime Starts, TimeSpan Every, TimeZoneInfo Zone)
{
    /// <summary>Whose turn it is. A turn changes at the same time of day, also when the clocks change.</summary>
    public string At(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, Zone).DateTime;
        long turn = (long)Math.Floor((local - Starts) / Every);
        return Members[(int)(((turn % Members.Count) + Members.Count) % Members.Count)];
    }
}
