using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Vigie.Core.Metrics;

public enum MatchKind { Equal, NotEqual, Regex, NotRegex }

/// <summary>
/// One condition on one label. Regular expressions are anchored at both ends and run without backtracking, so no pattern
/// can stall the hub.
/// </summary>
public sealed class LabelMatcher
{
    /// <summary>Making one takes half a megabyte for a moment, and the alerts' questions have the same ones at each round.</summary>
    const int MostKept = 64;

    static readonly ConcurrentDictionary<string, Regex> Kept = new(StringComparer.Ordinal);

    readonly Regex? _regex;

    /// <exception cref="ArgumentException">The pattern is no regular expression, or needs backtracking.</exception>
    public LabelMatcher(string name, MatchKind kind, string value)
    {
        (Name, Kind, Value) = (name, kind, value);
        if (kind is MatchKind.Regex or MatchKind.NotRegex)
        {
            try
            {
                _regex = Pattern(value);
            }
            catch (NotSupportedException e)
            {
                throw new ArgumentException($"the pattern {Labels.Quote(value)} needs backtracking, which is not allowed: {e.Message}",
                    nameof(value), e);
            }
        }
    }

    static Regex Pattern(string value)
    {
        if (Kept.TryGetValue(value, out var known))
            return known;
        var made = new Regex($@"\A(?s:{value})\z",
            RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (Kept.Count >= MostKept)
            Kept.Clear();
        Kept[value] = made;
        return made;
    }

    public string Name { get; }

    public MatchKind Kind { get; }

    public string Value { get; }

    public bool Matches(string value) => Kind switch
    {
        MatchKind.Equal => string.Equals(value, Value, StringComparison.Ordinal),
        MatchKind.NotEqual => !string.Equals(value, Value, StringComparison.Ordinal),
        MatchKind.Regex => _regex!.IsMatch(value),
        _ => !_regex!.IsMatch(value),
    };

    public bool Matches(Labels labels) => Matches(labels[Name]);

    public override string ToString() =>
        Name + Kind switch { MatchKind.Equal => "=", MatchKind.NotEqual => "!=", MatchKind.Regex => "=~", _ => "!~" } + Labels.Quote(Value);
}
