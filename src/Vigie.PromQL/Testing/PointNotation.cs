using System.Globalization;
using System.Text.RegularExpressions;
using Vigie.Core.Metrics;

namespace Vigie.PromQL.Testing;

/// <summary>
/// The points of a series as scripts write them: <c>1 2 3</c>, <c>_</c> for none, <c>stale</c>, <c>0+10x5</c> and <c>9-3x2</c> for
/// a slope, <c>7x3</c> for repeats, <c>_x4</c> for gaps.
/// </summary>
static partial class PointNotation
{
    /// <summary>One entry per step; null is no sample.</summary>
    /// <exception cref="FormatException">A word is no point.</exception>
    public static List<double?> Parse(string text)
    {
        var points = new List<double?>();
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Contains("{{", StringComparison.Ordinal))
                throw new FormatException($"'{word}' is a native histogram, which is not supported yet");
            var match = Point().Match(word);
            if (!match.Success)
                throw new FormatException($"expected a point such as 1, _, stale or 0+10x5, found '{word}'");
            Append(points, match);
        }
        return points;
    }

    /// <exception cref="FormatException">The text is no number.</exception>
    public static double Number(string text) => text.TrimStart('+', '-').ToLowerInvariant() switch
    {
        "inf" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
        "nan" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    static void Append(List<double?> points, Match match)
    {
        bool repeated = match.Groups["times"].Success;
        int times = repeated ? int.Parse(match.Groups["times"].Value, CultureInfo.InvariantCulture) : 0;
        string first = match.Groups["first"].Value;
        if (first == "_")
        {
            points.AddRange(Enumerable.Repeat<double?>(null, repeated ? times : 1));
            return;
        }
        double start = first == "stale" ? StaleMarker.Value : Number(first);
        double slope = match.Groups["slope"].Success ? Number(match.Groups["slope"].Value) : 0;
        for (int i = 0; i <= times; i++)
        {
            points.Add(start);
            if (slope != 0)
                start += match.Groups["sign"].Value == "-" ? -slope : slope;
        }
    }

    const string NumberPattern = @"[+-]?(?:[Ii]nf|[Nn]a[Nn]|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)";

    [GeneratedRegex($@"^(?<first>_|stale|{NumberPattern})(?:(?<sign>[+-])(?<slope>{NumberPattern}))?(?:x(?<times>\d+))?$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Point();
}
